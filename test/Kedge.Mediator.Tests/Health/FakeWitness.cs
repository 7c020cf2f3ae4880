using System.Net;
using System.Text;
using System.Text.Json;
using Kedge.Recovery.Health;

namespace Kedge.Mediator.Tests.Health;

/// <summary>The wire to witnesses: each host answers as the test says; one that nobody named does not answer.</summary>
sealed class FakeWitness : HttpMessageHandler
{
    readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage>> answers = new(StringComparer.Ordinal);

    public void Says(string host, string text, HttpStatusCode status = HttpStatusCode.OK) =>
        answers[host] = _ => new HttpResponseMessage(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public void Sees(string host, string observer, string site, ServiceAnswer answer, DateTimeOffset at) => Says(host, Sighting(observer, site, answer, at));

    public static string Sighting(string observer, string site, ServiceAnswer answer, DateTimeOffset at) => JsonSerializer.Serialize(
        new SiteSighting
        {
            Site = site,
            Observer = observer,
            At = at,
            Services = [new("identity", answer, TimeSpan.Zero, null), new("compute", answer, TimeSpan.Zero, null)],
        },
        HealthJson.Default.SiteSighting);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!answers.TryGetValue(request.RequestUri!.Host, out var answer))
            throw new HttpRequestException("Connection refused");
        return Task.FromResult(request.Headers.Authorization?.Parameter == Witnesses.Token ? answer(request) : new HttpResponseMessage(HttpStatusCode.Unauthorized));
    }
}
