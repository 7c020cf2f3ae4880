using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kedge.Contracts.Moving;

/// <summary>How far an order is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "state")]
[JsonDerivedType(typeof(Waiting), "waiting")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Failed), "failed")]
public abstract record MoveStatus
{
    private MoveStatus()
    {
    }

    /// <summary>No mover has it.</summary>
    /// <param name="For">What it waits for, for people: which mover is missing, or why the last try ended.</param>
    public sealed record Waiting(string For) : MoveStatus;

    /// <summary>A mover is at it.</summary>
    /// <param name="Mover">Which one.</param>
    /// <param name="Progress">As of its last report.</param>
    public sealed record Running(string Mover, MoveProgress Progress) : MoveStatus;

    /// <summary>It is done.</summary>
    /// <param name="Mover">Who did it.</param>
    /// <param name="Result">What came of it.</param>
    public sealed record Done(string Mover, MoveResult Result) : MoveStatus;

    /// <summary>It failed for good: what was transient has been tried again by then. Ordered again under the same id, it begins anew.</summary>
    /// <param name="Mover">Who tried last; null when none did.</param>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(string? Mover, MoveFailure Failure) : MoveStatus;
}

/// <summary>A transfer under way.</summary>
/// <param name="TotalBytes">The size of the disk; 0 before it is open.</param>
/// <param name="DoneBytes">How much of the disk is dealt with, read back included (which counts the disk a second time) – never more than the total of its phase.</param>
/// <param name="SentBytes">Bytes that went to the repository or came from it, as stored.</param>
/// <param name="BytesPerSecond">Of the disk, over the last seconds.</param>
/// <param name="Phase">What it is at, for people: <c>reading</c>, <c>writing</c>, <c>reading back</c>.</param>
public sealed record MoveProgress(long TotalBytes, long DoneBytes, long SentBytes, long BytesPerSecond, string Phase);

/// <summary>What came of an order.</summary>
/// <param name="Disk">The disk as it stands in the repository: what a read made, what a write wrote.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="BlockBytes">The size of its blocks.</param>
/// <param name="ReadBytes">Read from the device.</param>
/// <param name="WrittenBytes">Written to the device.</param>
/// <param name="ChangedBytes">Of a read: in blocks that differ from the parent's.</param>
/// <param name="StoredBytes">Of a read: what was new to the repository, compressed and encrypted.</param>
/// <param name="SentBytes">To or from the repository, of the try that ended well.</param>
/// <param name="Took">The time of that try.</param>
/// <param name="VerifiedFraction">The share of blocks that was read back and hashed, 0 to 1; null where nothing was to be verified.</param>
/// <param name="Mismatches">Ranges of the device that are not what the point says, ascending; empty when all that was looked at is right. At most 1,000: more end in one long range.</param>
/// <param name="RepairedBytes">Of a repair: what was written anew, and then found right.</param>
/// <param name="Map">What became of the change map.</param>
/// <param name="WrongInMap">Where a map that lied was wrong; for the alarm.</param>
public sealed record MoveResult(
    DiskInPoint Disk, long SizeBytes, int BlockBytes, long ReadBytes, long WrittenBytes, long ChangedBytes, long StoredBytes, long SentBytes, TimeSpan Took,
    double? VerifiedFraction, ImmutableArray<ByteRange> Mismatches, long RepairedBytes, MapUse Map, ImmutableArray<ByteRange> WrongInMap)
{
    /// <summary>Whether all of the device was read back and is what the point says.</summary>
    [JsonIgnore]
    public bool IsVerified => VerifiedFraction is >= 1 && Mismatches.IsEmpty;
}

/// <summary>A range of a device.</summary>
/// <param name="OffsetBytes">Where it begins.</param>
/// <param name="LengthBytes">How long it is.</param>
public readonly record struct ByteRange(long OffsetBytes, long LengthBytes);

/// <summary>What became of a change map.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MapUse>))]
public enum MapUse
{
    /// <summary>None was asked for.</summary>
    NotAsked,

    /// <summary>It was not to be had, or there was no parent that it could be about: everything was read and compared.</summary>
    NotToBeHad,

    /// <summary>It was used, and every block that was checked was as it said.</summary>
    Held,

    /// <summary>It called a block unchanged that had changed. Everything was read and compared. Raise an alarm about the back end.</summary>
    Lied,
}

/// <summary>Why an order failed.</summary>
/// <param name="Code">What kind of failure, for programs.</param>
/// <param name="Message">What happened, to what.</param>
/// <param name="WhatToDo">What a person can do about it.</param>
/// <param name="IsTransient">Whether trying again may help. The board has tried again, then, before it reports a failure.</param>
public sealed record MoveFailure(MoveFailureCode Code, string Message, string WhatToDo, bool IsTransient);

/// <summary>The kinds of failure.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MoveFailureCode>))]
public enum MoveFailureCode
{
    /// <summary>The order makes no sense, or not to this mover: a name that its settings do not know, a device that is too small, another root.</summary>
    Refused,

    /// <summary>The device failed.</summary>
    Device,

    /// <summary>The repository, or its store, failed.</summary>
    Repository,

    /// <summary>Something in the repository is damaged; what is sound of the disk was written.</summary>
    Damaged,

    /// <summary>Movers were lost over it, again and again.</summary>
    Lost,

    /// <summary>The mover met something that nobody foresaw; its log says more.</summary>
    Unforeseen,
}
