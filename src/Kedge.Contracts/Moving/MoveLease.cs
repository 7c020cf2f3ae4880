using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kedge.Contracts.Moving;

/// <summary>What a mover says when it asks a board for work.</summary>
/// <param name="Repositories">The repositories that its settings know, by name.</param>
/// <param name="Devices">The kinds of device that it can open: <c>file</c>, <c>nbd</c>, <c>rbd:CLUSTER</c>.</param>
/// <param name="WaitS">How long the board may keep the question open when there is nothing to do, in seconds: 0 to 60.</param>
public sealed record MoverOffer(ImmutableArray<string> Repositories, ImmutableArray<string> Devices, int WaitS);

/// <summary>An order in the hands of one mover, for a time. Whoever holds an older epoch of it is refused.</summary>
/// <param name="Order">What is to be done.</param>
/// <param name="Epoch">Rises with each lease that the board gives; the mover names it in every report.</param>
/// <param name="ForMs">How long it holds from when the mover asked, in milliseconds. A mover that has not been answered for so long stops touching the device.</param>
/// <param name="WasBegun">Whether another try may have got part of the way: what it left is looked for before anything is moved again.</param>
public sealed record MoveLease(MoveOrder Order, long Epoch, int ForMs, bool WasBegun);

/// <summary>What a mover tells the board of an order that it holds.</summary>
/// <param name="Order">The order's id.</param>
/// <param name="Epoch">The lease under which it works.</param>
/// <param name="News">How far it is.</param>
public sealed record MoveReport(string Order, long Epoch, MoveNews News);

/// <summary>News of an order.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Progressed), "progressed")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(GaveUp), "gave-up")]
[JsonDerivedType(typeof(HandedBack), "handed-back")]
public abstract record MoveNews
{
    private MoveNews()
    {
    }

    /// <summary>At work; the lease begins anew.</summary>
    /// <param name="Progress">How far.</param>
    public sealed record Progressed(MoveProgress Progress) : MoveNews;

    /// <summary>Done. Said again, the answer is the same.</summary>
    /// <param name="Result">What came of it.</param>
    public sealed record Finished(MoveResult Result) : MoveNews;

    /// <summary>Failed; the board tries again when that may help.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record GaveUp(MoveFailure Failure) : MoveNews;

    /// <summary>The mover ends, as it was told to: another may go on at once.</summary>
    public sealed record HandedBack : MoveNews;
}

/// <summary>What the board answers to a report.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportAnswer>))]
public enum ReportAnswer
{
    /// <summary>Entered; the lease holds as long as a new one would.</summary>
    GoOn,

    /// <summary>The order was called off, or the lease is not its newest: stop touching the device. Whoever has it now goes on.</summary>
    Stop,
}

/// <summary>A report's answer on the wire.</summary>
/// <param name="Answer">What to do.</param>
/// <param name="ForMs">With <see cref="ReportAnswer.GoOn"/>: how long the lease holds from when the report was sent, in milliseconds.</param>
public sealed record ReportReceipt(ReportAnswer Answer, int ForMs);

/// <summary>A mover that a board has heard of lately.</summary>
/// <param name="Mover">Which one.</param>
/// <param name="Offer">What it can do.</param>
/// <param name="HeardAt">When it asked or reported last.</param>
public sealed record MoverSeen(MoverId Mover, MoverOffer Offer, DateTimeOffset HeardAt);

/// <summary>A mover, as its certificate names it.</summary>
/// <param name="Site">The site at which it works.</param>
/// <param name="Name">Its name there.</param>
public readonly record struct MoverId(string Site, string Name)
{
    /// <summary>As messages show it.</summary>
    public override string ToString() => $"{Site}/{Name}";
}
