namespace Culvert.Identity.Service.Nodes;

/// <param name="Live">Nodes that reported within the last seconds.</param>
/// <param name="Known">Also those that stopped without notice within a day.</param>
internal sealed record NodeCount(int Live, int Known);
