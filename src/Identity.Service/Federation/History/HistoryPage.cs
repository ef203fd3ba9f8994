namespace Culvert.Identity.Service.Federation.History;

/// <param name="Rows">Newest first.</param>
/// <param name="SearchedTo">
/// Set if the search stopped early because it had read enough: all entries from this ordinal on were read.
/// </param>
internal sealed record HistoryPage(IReadOnlyList<Numbered<HistoryEntry>> Rows, long? SearchedTo);
