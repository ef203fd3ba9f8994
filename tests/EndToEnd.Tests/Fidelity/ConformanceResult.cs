namespace Culvert.EndToEnd.Tests.Fidelity;

/// <param name="Scenarios">One line each, as the suite's summary prints it: passed or not, and how many checks of each kind.</param>
/// <param name="Checks">Every single check with its status, by scenario.</param>
internal sealed record ConformanceResult(IReadOnlyList<string> Scenarios, IReadOnlyList<string> Checks);
