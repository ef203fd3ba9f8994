using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Console.Filters;

internal sealed class SavedFilterStore(Database database)
{
    /// <summary>Per person and page.</summary>
    public const int MaxFilters = 20;

    /// <summary>Sorted by name.</summary>
    public ValueTask<List<SavedFilter>> ListAsync(
        Caller caller,
        FilteredPage page,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync<SavedFilter>(
            "SELECT name, query FROM console_filters "
                + "WHERE organization_id = @OrganizationId AND actor_id = @ActorId AND page = @Page ORDER BY name",
            CreateParameters(caller, page, new SavedFilter("", "")),
            cancellationToken
        );

    /// <summary>Replaces a filter with the same name. <see cref="ConsoleErrors.TooManyFilters"/>.</summary>
    public IReadOnlyList<Statement> Insert(Caller caller, FilteredPage page, SavedFilter filter) =>
        [
            Delete(caller, page, filter.Name),
            new Statement(
                "INSERT INTO console_filters (organization_id, actor_id, page, name, query) "
                    + "SELECT @OrganizationId, @ActorId, @Page, @Name, @Query WHERE (SELECT COUNT(*) FROM console_filters "
                    + "WHERE organization_id = @OrganizationId AND actor_id = @ActorId AND page = @Page) < @MaxFilters",
                CreateParameters(caller, page, filter)
            ).ExpectingOne(ConsoleErrors.TooManyFilters.Refuse()),
        ];

    /// <summary>Deleting an unknown filter changes nothing.</summary>
    public Statement Delete(Caller caller, FilteredPage page, string name) =>
        new(
            "DELETE FROM console_filters WHERE organization_id = @OrganizationId AND actor_id = @ActorId "
                + "AND page = @Page AND name = @Name",
            CreateParameters(caller, page, new SavedFilter(name, ""))
        );

    private static object CreateParameters(Caller caller, FilteredPage page, SavedFilter filter) =>
        new
        {
            caller.OrganizationId,
            caller.ActorId,
            Page = page.Name,
            filter.Name,
            filter.Query,
            MaxFilters = (long)MaxFilters,
        };
}
