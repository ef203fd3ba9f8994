using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console.Filters;

/// <summary>
/// The forms that save and delete a filter of a page. Saved filters belong to a person, not the organization: no API
/// operation does this. The filter is the query of the form's own address.
/// </summary>
internal sealed class FilterForms(ConsoleEndpoints console, SavedFilters filters)
{
    public Task SaveAsync(Type page, FilteredPage filtered, HttpContext http) =>
        ChangeAsync(
            page,
            filtered,
            http,
            (caller, name) =>
                filters.SaveAsync(
                    caller,
                    filtered,
                    new SavedFilter(name, filtered.Read(http.Request.Query)),
                    http.RequestAborted
                )
        );

    public Task ForgetAsync(Type page, FilteredPage filtered, HttpContext http) =>
        ChangeAsync(
            page,
            filtered,
            http,
            (caller, name) => filters.ForgetAsync(caller, filtered, name, http.RequestAborted)
        );

    private Task ChangeAsync(
        Type page,
        FilteredPage filtered,
        HttpContext http,
        Func<Caller, string, ValueTask<Refusal?>> change
    ) =>
        console.SubmitAsync(
            page,
            filtered.Path,
            http,
            async (api, principal, form) =>
            {
                var refusal = api.May(filtered.Operation)
                    ? await change(principal.Caller, form["name"].ToString().Trim())
                    : ConsoleErrors.Role.Refuse();
                return (new ConsoleAnswer(default, refusal), filtered.Show(filtered.Read(http.Request.Query)));
            }
        );
}
