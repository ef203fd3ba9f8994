namespace Culvert.Machine.Client.Checkpoints;

/// <summary>Something that was done to a record of calls.</summary>
/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>reordered</c>, <c>forged</c> or <c>unreadable</c>.</param>
/// <param name="Detail">For a person.</param>
public sealed record CallRecordFinding(string Kind, string Detail);
