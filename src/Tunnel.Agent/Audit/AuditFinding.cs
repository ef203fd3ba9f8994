namespace Culvert.Tunnel.Agent.Audit;

/// <param name="Kind"><c>edited</c>, <c>removed</c>, <c>reordered</c>, <c>forged</c>, <c>unreadable</c>, <c>truncated</c>, <c>head_missing</c> or <c>anchor</c>.</param>
/// <param name="File">The file; empty for the trail as a whole.</param>
/// <param name="Line">Counted from 1; 0 for the file as a whole.</param>
internal sealed record AuditFinding(string Kind, string File, int Line, string Detail);
