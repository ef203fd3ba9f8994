using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Console.Filters;

/// <summary>
/// Saves list filters of the signed-in person. They grant nothing and are not audited: a filter's results are read with the
/// person's current rights.
/// </summary>
internal sealed class SavedFilters(SavedFilterStore store, IJournal journal)
{
    public const int MaxName = 64;
    public const int MaxQuery = 2048;

    public async ValueTask<IReadOnlyList<SavedFilter>> ListAsync(
        Caller caller,
        FilteredPage page,
        CancellationToken cancellationToken
    ) => await store.ListAsync(caller, page, cancellationToken);

    public ValueTask<Refusal?> SaveAsync(
        Caller caller,
        FilteredPage page,
        SavedFilter filter,
        CancellationToken cancellationToken
    )
    {
        if (filter.Name.Length is 0 or > MaxName || filter.Name.Any(ConfigText.IsUnprintable))
        {
            return new(RequestErrors.Invalid.Refuse($"name: 1 to {MaxName} printable characters are required."));
        }

        return filter.Query.Length is 0 or > MaxQuery
            ? new(
                RequestErrors.Invalid.Refuse(
                    $"The list has no filter, or one of more than {MaxQuery} characters: search first, then keep the filter."
                )
            )
            : CommitAsync(store.Insert(caller, page, filter), cancellationToken);
    }

    public ValueTask<Refusal?> ForgetAsync(
        Caller caller,
        FilteredPage page,
        string name,
        CancellationToken cancellationToken
    ) => CommitAsync([store.Delete(caller, page, name)], cancellationToken);

    private async ValueTask<Refusal?> CommitAsync(
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision { Statements = statements, Class = DecisionClass.Bulk },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }
}
