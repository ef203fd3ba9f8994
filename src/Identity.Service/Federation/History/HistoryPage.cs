namespace Culvert.Identity.Service.Federation.History;

/// <param name="Rows">Newest first.</param>
/// <param name="SearchedTo">
/// Set when the search stopped early because it had read enough: everything from this ordinal up was read.
/// </param>
internal sealed record HistoryPage(IReadOnlyList<Numbered<HistoryEntry>> Rows, long? SearchedTo);
