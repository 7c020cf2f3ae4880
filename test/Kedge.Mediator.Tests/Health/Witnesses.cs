using System.Collections.Immutable;
using Kedge.Mediator.Health;
using Kedge.Mediator.Settings;

namespace Kedge.Mediator.Tests.Health;

/// <summary>Two named witnesses, and how a house looks at its sites with them.</summary>
static class Witnesses
{
    public const string Token = "a token that all of them have";

    public static MediatorSettings Settings(string? automaticLoss = null) => MediatorSettings.Parse(new Dictionary<string, string>()) with
    {
        Name = "here",
        Witnesses = [new NamedAddress("west", new Uri("http://west:7676")), new NamedAddress("east", new Uri("http://east:7676"))],
        WitnessToken = new Secret(Token),
        AutomaticLoss = automaticLoss is null ? ImmutableSortedDictionary<string, TimeSpan>.Empty : new Dictionary<string, TimeSpan> { [automaticLoss] = TimeSpan.FromMinutes(2) }.ToImmutableSortedDictionary(),
    };

    public static WitnessCircle Circle(MediatorHouse house, FakeWitness wire, MediatorSettings settings) =>
        new(settings.Witnesses, settings.WitnessToken, MediatorHouse.Owner, wire, house.Clock, house.Logs.CreateLogger("Kedge.Health"));

    public static HealthWatch Watch(MediatorHouse house, FakeWitness wire, MediatorSettings settings) => new(
        house.Records, settings, Circle(house, wire, settings), new HealthEvidence(Path.Combine(house.Folder, "health")), MediatorHouse.Owner, house.Clock, house.Logs.CreateLogger("Kedge.Health"));
}
