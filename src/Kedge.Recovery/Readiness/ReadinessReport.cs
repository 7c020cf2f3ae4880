using System.Collections.Immutable;

namespace Kedge.Recovery.Readiness;

/// <summary>How bad a reason is.</summary>
public enum Severity
{
    /// <summary>The failover would stop, or bring back less than was protected.</summary>
    Blocks,

    /// <summary>The failover would go through; a person should know.</summary>
    Warns,
}

/// <summary>One reason why a failover would not work, or not as promised, now.</summary>
/// <param name="Code">One of <see cref="ReasonCodes"/>: for scripts.</param>
/// <param name="Resource">What it is about, with its id.</param>
/// <param name="What">What is wrong, with numbers.</param>
/// <param name="WhatToDo">What a person can do about it.</param>
public sealed record Reason(string Code, Severity Severity, string Resource, string What, string WhatToDo);

/// <summary>Every reason that was found, the blocking ones first.</summary>
/// <param name="AskedAt">When.</param>
public sealed record ReadinessReport(string Workload, DateTimeOffset AskedAt, ImmutableArray<Reason> Reasons)
{
    public bool IsReady => Reasons.All(reason => reason.Severity != Severity.Blocks);
}

/// <summary>Codes of reasons: a contract with scripts, so none ever changes its meaning.</summary>
public static class ReasonCodes
{
    public const string NoPoint = "no-point";
    public const string PointTooOld = "point-too-old";
    public const string PointIncomplete = "point-incomplete";
    public const string MappingMissing = "mapping-missing";
    public const string MappingWrong = "mapping-wrong";
    public const string Quota = "quota";
    public const string MacInUse = "mac-in-use";
    public const string AddressInUse = "address-in-use";
    public const string CidrOverlap = "cidr-overlap";
    public const string NoFreeAddress = "no-free-address";
    public const string KeypairDiffers = "keypair-differs";
    public const string KeypairWithoutKey = "keypair-without-key";
    public const string ImageMissing = "image-missing";
    public const string ImageNotActive = "image-not-active";
    public const string ImageDiffers = "image-differs";
    public const string RightMissing = "right-missing";
    public const string Encrypted = "encrypted-volume";
    public const string Unreadable = "unreadable-field";
    public const string RecordUnreadable = "record-unreadable";
    public const string MoversMissing = "movers-missing";
    public const string StandbyMissing = "standby-missing";
    public const string TargetUnreachable = "target-unreachable";

    /// <summary>The target answered, but not this question.</summary>
    public const string NotChecked = "not-checked";
}
