using System.Collections.Immutable;
using Kedge.OpenStack;

namespace Kedge.Recovery.Health;

/// <summary>Somebody else who looks at sites, from elsewhere: another mediator.</summary>
/// <param name="Name">Unique among the observers.</param>
/// <param name="AskAsync">Its newest sighting of a site; null: it could not be asked, or has none.</param>
public sealed record Witness(string Name, Func<string, CancellationToken, Task<SiteSighting?>> AskAsync);

/// <summary>Makes the rounds of one site: checks itself first, looks, and hears the witnesses.</summary>
/// <param name="connect">A new connection to the site, of which no token is known yet.</param>
/// <param name="transport">Carries what is asked without a token.</param>
/// <param name="anchors">What answers as long as this mediator is not cut off: other sites, and addresses that an operator names.</param>
/// <param name="witnesses">Who else is asked.</param>
/// <param name="clock">Every wait is counted by it.</param>
public sealed class SiteWatch(Func<Cloud> connect, HttpMessageHandler transport, IReadOnlyList<Uri> anchors, IReadOnlyList<Witness> witnesses, TimeProvider clock)
{
    static readonly TimeSpan AnchorPatience = TimeSpan.FromSeconds(5);

    /// <summary>One round, and what is believed after it.</summary>
    /// <param name="health">Until now.</param>
    /// <param name="observer">The name of whoever looks.</param>
    public async Task<SiteHealth> LookAsync(SiteHealth health, string observer, HealthRules rules, CancellationToken cancel)
    {
        var probe = new SiteProbe(health.Site, observer, clock) { Endpoints = health.Endpoints };
        var self = await CheckSelfAsync(cancel);
        var own = await probe.LookAsync(connect, transport, cancel);
        // Whoever reaches the site itself is not cut off: of two sites, the loss of one must not make the other unknown.
        if (self is SelfCheck.Failed && own.View is SiteView.Well or SiteView.Partly)
            self = SelfCheck.Passed;
        var heard = await Task.WhenAll(witnesses.Select(witness => witness.AskAsync(health.Site, cancel)));
        var round = new HealthRound
        {
            At = clock.GetUtcNow(),
            Self = self,
            Own = own,
            // Under the name by which it was asked: a witness cannot speak for another, nor twice.
            Witnesses = [.. witnesses.Zip(heard, (witness, seen) => seen is null || seen.Site != health.Site ? null : seen with { Observer = witness.Name }).OfType<SiteSighting>()],
            WitnessesNamed = witnesses.Count,
        };
        return health.After(round, rules) with { Endpoints = probe.Endpoints };
    }

    async Task<SelfCheck> CheckSelfAsync(CancellationToken cancel)
    {
        if (anchors.Count == 0)
            return SelfCheck.Untested;
        var answers = await Task.WhenAll(anchors.Select(anchor => AnswersAsync(anchor, cancel)));
        return answers.Any(answered => answered) ? SelfCheck.Passed : SelfCheck.Failed;
    }

    /// <summary>Any answer shows that there is a way out.</summary>
    async Task<bool> AnswersAsync(Uri anchor, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(AnchorPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        using var http = new HttpMessageInvoker(transport, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, anchor);
        try
        {
            using var answer = await http.SendAsync(request, either.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}
