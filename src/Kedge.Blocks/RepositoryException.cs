namespace Kedge.Blocks;

/// <summary>What went wrong with a repository, as far as its caller has to decide about it.</summary>
public enum RepositoryFault
{
    /// <summary>Bytes are not what was written. Retrying does not help; what else is sound stays readable.</summary>
    Damaged,

    /// <summary>Something that must be there is not.</summary>
    Missing,

    /// <summary>The request makes no sense here, or the credential does not fit.</summary>
    Refused,

    /// <summary>The store did not answer, or said no. Trying again may help.</summary>
    Unavailable,

    /// <summary>The session was taken for dead and broken; nothing was acknowledged. Write the point again.</summary>
    SessionBroken,
}

/// <summary>The one exception of repositories and their stores.</summary>
public sealed class RepositoryException(RepositoryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it is.</summary>
    public RepositoryFault Fault { get; } = fault;

    internal static RepositoryException Damaged(string name, string what) =>
        new(RepositoryFault.Damaged, $"{name} is damaged: {what}. Run a check of the repository; what is undamaged stays readable.");
}
