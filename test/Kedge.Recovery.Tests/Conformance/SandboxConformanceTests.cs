using Kedge.OpenStack;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Conformance;

public sealed class SandboxConformanceTests : CloudConformance
{
    readonly SandboxCloud sandbox = SandboxCloud.Create(new SandboxSettings { Name = "sandbox" }, TimeProvider.System);

    protected override Task<Cloud> ConnectAsync() => Task.FromResult(Cloud.Connect(
        new CloudSettings
        {
            Name = "sandbox",
            AuthUrl = sandbox.AuthUrl,
            Credential = new Credential.Password(new UserReference(null, "demo", null, "Default"), sandbox.Settings.Password),
            Scope = new CloudScope.Project(null, "demo", null, "Default"),
        },
        sandbox.CreateHandler(),
        TimeProvider.System));
}
