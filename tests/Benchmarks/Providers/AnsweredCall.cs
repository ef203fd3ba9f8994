namespace Culvert.Benchmarks.Providers;

/// <summary>How a call through a control plane ended.</summary>
/// <param name="Status">Of the route's response.</param>
/// <param name="Added">From the response to the poll to the answer's arrival, without the MCP server's own time.</param>
internal readonly record struct AnsweredCall(int Status, TimeSpan Added);
