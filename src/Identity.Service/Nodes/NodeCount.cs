namespace Culvert.Identity.Service.Nodes;

/// <summary>How many nodes of the service there are.</summary>
/// <param name="Live">That said so within the last seconds.</param>
/// <param name="Known">Those, and the ones that stopped without notice within a day.</param>
internal sealed record NodeCount(int Live, int Known);
