namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>What the fixture server counts.</summary>
/// <param name="Open">Requests that run.</param>
/// <param name="Completed">Requests whose whole answer was written.</param>
/// <param name="Aborted">Requests whose client went away before.</param>
/// <param name="Waiting">Tools that wait for a step.</param>
/// <param name="Sessions">Legacy sessions that no client has ended.</param>
internal sealed record FixtureCounts(int Open, int Completed, int Aborted, int Waiting, int Sessions);
