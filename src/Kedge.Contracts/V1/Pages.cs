namespace Kedge.Contracts.V1;

/// <summary>A part of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">Cursor of the next page; null: this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
