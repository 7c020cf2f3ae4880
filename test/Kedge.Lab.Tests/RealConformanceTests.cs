using Kedge.OpenStack;
using Kedge.Recovery.Tests.Conformance;

namespace Kedge.Lab.Tests;

/// <summary>In B, which no test kills. Not beside the failover, which counts what is in the project.</summary>
[Collection(FailoverTests.CloudB)]
public sealed class RealConformanceTests : CloudConformance
{
    protected override Task<Cloud> ConnectAsync() => Task.FromResult(TwoClouds.Connect("B"));
}
