using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Tunnels.Inventory;

namespace Culvert.Identity.Service.Console.Filters;

/// <summary>
/// A page of the console with a list that users can filter. The query of the page's URL contains the filter. This type
/// is public because the compiler makes pages public.
/// </summary>
/// <param name="Name">The last part of the page's path, under which filters are saved.</param>
/// <param name="Operation">The operation that returns the list. Users who may call it may save filters.</param>
/// <param name="Fields">The query parameters that belong to the filter. The others select a part of the list.</param>
public sealed record FilteredPage(string Name, Operation Operation, params IReadOnlyList<string> Fields)
{
    internal static readonly FilteredPage Certificates = new(
        "certificates",
        CertificateOperations.List,
        "status",
        "serial",
        "identity",
        "expires_before"
    );

    internal static readonly FilteredPage History = new(
        "history",
        HistoryOperations.List,
        "decision",
        "reason",
        "subject",
        "since",
        "until",
        "request_id"
    );

    internal static readonly FilteredPage Audit = new(
        "audit",
        AuditOperations.List,
        "event",
        "actor",
        "subject",
        "resource",
        "tunnel_id",
        "outcome",
        "since",
        "until",
        "request_id"
    );

    internal static readonly FilteredPage Inventory = new(
        "inventory",
        InventoryOperations.List,
        "tunnel_id",
        "route",
        "owner",
        "caller",
        "open"
    );

    internal static readonly FilteredPage Approvals = new("approvals", CallApprovalOperations.ListAll, "tunnel_id");

    internal string Path => $"/console/{Name}";

    internal string FiltersPath => $"{Path}/filters";

    internal string ForgetPath => $"{Path}/filters/forget";

    /// <summary>Returns the filter from a URL's query, without other parameters; empty if there is no filter.</summary>
    internal string Read(IQueryCollection query) =>
        string.Join(
            '&',
            Fields
                .Select(field => (field, Value: query[field].ToString()))
                .Where(pair => pair.Value.Length > 0)
                .Select(pair => $"{pair.field}={Uri.EscapeDataString(pair.Value)}")
        );

    /// <summary>Returns the URL of the page with a filter.</summary>
    internal string Show(string query) => query.Length == 0 ? Path : $"{Path}?{query}";
}
