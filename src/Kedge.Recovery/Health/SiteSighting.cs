using System.Collections.Immutable;

namespace Kedge.Recovery.Health;

/// <summary>What came back of one question to one service.</summary>
public enum ServiceAnswer
{
    /// <summary>It was not asked: without a token, and its address was never learned.</summary>
    NotAsked,

    /// <summary>It did what it was asked.</summary>
    Answers,

    /// <summary>It lives, and refuses us: our right or our credential is at fault, not the site.</summary>
    Refuses,

    /// <summary>Something answers, but not the service: 5xx, or no sense.</summary>
    Fails,

    /// <summary>Nothing came back.</summary>
    Silent,
}

/// <param name="Service">OpenStack's type of it, e.g. <c>compute</c>.</param>
/// <param name="What">What was said, where it was not simply an answer.</param>
public sealed record ServiceSighting(string Service, ServiceAnswer Answer, TimeSpan Took, string? What);

/// <summary>What one sighting of a site comes to.</summary>
public enum SiteView
{
    Well,

    /// <summary>Something of it lives, and something does not.</summary>
    Partly,

    /// <summary>Whoever looked cannot tell: too few looked, or the one who did is cut off.</summary>
    CannotTell,

    /// <summary>Nothing of it answers.</summary>
    Nothing,
}

/// <summary>One look at a site through its public APIs, by one observer.</summary>
public sealed record SiteSighting
{
    public required string Site { get; init; }

    /// <summary>The name of the mediator, or witness, who looked.</summary>
    public required string Observer { get; init; }
    public required DateTimeOffset At { get; init; }
    public required ImmutableArray<ServiceSighting> Services { get; init; }

    public SiteView View
    {
        get
        {
            var asked = Services.Where(service => service.Answer is not ServiceAnswer.NotAsked).ToList();
            var alive = asked.Count(service => service.Answer is ServiceAnswer.Answers or ServiceAnswer.Refuses);
            return asked.Count == 0 ? SiteView.CannotTell
                : alive == Services.Length ? SiteView.Well
                : alive > 0 || asked.Any(service => service.Answer is ServiceAnswer.Fails) ? SiteView.Partly
                // With Keystone silent and the others' addresses not known, nobody can tell a dead site from a dead Keystone.
                : asked.Count == Services.Length ? SiteView.Nothing
                : SiteView.CannotTell;
        }
    }
}
