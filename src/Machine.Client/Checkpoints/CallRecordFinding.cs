namespace Culvert.Machine.Client.Checkpoints;

/// <summary>A change of a call record.</summary>
/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>reordered</c>, <c>forged</c> or <c>unreadable</c>.</param>
/// <param name="Detail">Text for a person.</param>
public sealed record CallRecordFinding(string Kind, string Detail);
