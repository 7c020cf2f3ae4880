using Kedge.OpenStack;
using Kedge.Recovery.Sites;

namespace Kedge.Mediator.Health;

/// <summary>How sites are looked at, in place of how they are worked with: each call once, and nothing remembered.</summary>
/// <param name="Connect">A new connection, of which no token is known yet, that tries each call once.</param>
/// <param name="AddressOf">Of its Keystone.</param>
/// <param name="Transport">Carries what is asked without a token; not disposed of.</param>
public sealed record SiteReach(Func<SiteRecord, Cloud> Connect, Func<SiteRecord, Uri> AddressOf, HttpMessageHandler Transport);
