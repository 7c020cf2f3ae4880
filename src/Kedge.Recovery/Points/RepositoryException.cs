namespace Kedge.Recovery.Points;

/// <summary>A repository, or something in it, cannot be read or written; the message says which, why, and what to do.</summary>
public sealed class RepositoryException(string message, Exception? inner = null) : Exception(message, inner);
