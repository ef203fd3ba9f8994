using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary><c>/v1/inventory</c> and <c>/v1/tunnels/{tunnel_id}/inventory</c>: servers and tools behind tunnels.</summary>
internal sealed class InventoryEndpoints(
    TunnelAccess access,
    InventoryStore inventory,
    RouteStore routes,
    CallerStore callers,
    RouteDayStore days,
    TunnelMinuteStore minutes,
    CallerLimits limits,
    TimeProvider time
)
{
    private const int MaxTextLength = 512;
    private const int DefaultDays = 30;
    private const int DefaultMinutes = 60;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var tunnel = found.Value;
        var filter = new InventoryFilter
        {
            OrganizationId = tunnel.OrganizationId,
            TunnelId = tunnel.Id.Value,
            Route = request.Query("route"),
            IncludeArchived = true,
        };
        return await ListNamesAsync(request, $"inventory/{tunnel.Id.Value}", filter, cancellationToken);
    }

    public async ValueTask<ApiAnswer> ListAllAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var filter = ReadFilter(request);
        if (!filter.IsOk)
        {
            return filter.Refusal;
        }

        var (kind, caller, unsanctioned) = (
            request.Query("kind"),
            request.Query("caller"),
            request.Query("unsanctioned")
        );
        if (kind is not null && !UsageCheck.IsKind(kind))
        {
            return RequestErrors.Invalid.Refuse("kind: tool, prompt, resource or method is required.");
        }

        return (CheckText("caller", caller) ?? CheckFlag("unsanctioned", unsanctioned)) is { } malformed
            ? malformed
            : await ListNamesAsync(
                request,
                "inventory",
                filter.Value with
                {
                    Kind = kind,
                    Caller = caller,
                    IsOpen = unsanctioned == "true",
                },
                cancellationToken
            );
    }

    public async ValueTask<ApiAnswer> ListRoutesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var filterResult = ReadRouteFilter(request);
        if (!filterResult.IsOk)
        {
            return filterResult.Refusal;
        }

        var pageResult = PageRequest.Read(request, "inventory/routes");
        if (!pageResult.IsOk)
        {
            return pageResult.Refusal;
        }

        var (filter, page) = (filterResult.Value, pageResult.Value);

        var now = time.GetUtcNow();
        var read = await routes.ListAsync(filter, page, now, cancellationToken);
        var rows = page.Cut(read, route => route.Ordinal);
        var totals = await routes.CountAsync(rows.Data, cancellationToken);
        return ApiAnswer.Json(
            rows.Select(row =>
                row.ToDocument(totals.GetValueOrDefault((row.TunnelId, row.Route), RouteTotals.None), now)
            ),
            TunnelJson.Default.PageRouteDocument
        );
    }

    /// <summary>Streams all routes that match the filters; memory use does not grow with them.</summary>
    public ValueTask<ApiAnswer> ExportRoutesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var filter = ReadRouteFilter(request);
        if (!filter.IsOk)
        {
            return new(filter.Refusal);
        }

        if (request.Query("format") is not (null or "csv"))
        {
            return new(RequestErrors.Invalid.Refuse("format: csv is required."));
        }

        return limits.TryTake(request.Caller, CostlyWork.Export) is { } limited
            ? new(limited)
            : new(
                ApiAnswer.Streamed(
                    "text/csv; charset=utf-8; header=present",
                    (body, ct) => RouteExport.WriteCsvAsync(routes, filter.Value, time.GetUtcNow(), body, ct)
                )
            );
    }

    public async ValueTask<ApiAnswer> ListCallersAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var filterResult = ReadFilter(request);
        if (!filterResult.IsOk)
        {
            return filterResult.Refusal;
        }

        var filter = filterResult.Value with { Caller = request.Query("caller") };
        if (CheckText("caller", filter.Caller) is { } malformed)
        {
            return malformed;
        }

        var pageResult = PageRequest.Read(request, "inventory/callers");
        if (!pageResult.IsOk)
        {
            return pageResult.Refusal;
        }

        var page = pageResult.Value;

        var read = await callers.ListAsync(filter, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(read, caller => caller.Ordinal).Select(row => row.ToDocument()),
            TunnelJson.Default.PageCallerDocument
        );
    }

    public async ValueTask<ApiAnswer> ListDaysAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var filter = ReadFilter(request);
        if (!filter.IsOk)
        {
            return filter.Refusal;
        }

        var count = ReadCount("days", request.Query("days"), DefaultDays, RouteDayStore.MaxDays);
        if (!count.IsOk)
        {
            return count.Refusal;
        }

        return ApiAnswer.Json(
            await days.ListAsync(filter.Value, count.Value, time.GetUtcNow(), cancellationToken),
            TunnelJson.Default.RouteDaysDocument
        );
    }

    public async ValueTask<ApiAnswer> ListMinutesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var count = ReadCount("minutes", request.Query("minutes"), DefaultMinutes, TunnelMinuteStore.MaxMinutes);
        return count.IsOk
            ? ApiAnswer.Json(
                await minutes.ListAsync(found.Value.Id, count.Value, time.GetUtcNow(), cancellationToken),
                TunnelJson.Default.TunnelTrafficDocument
            )
            : count.Refusal;
    }

    private static Result<int> ReadCount(string name, string? text, int standard, int most) =>
        text is null ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count >= 1
        && count <= most
            ? count
        : RequestErrors.Invalid.Refuse($"{name}: a number from 1 to {most} is required.");

    private async ValueTask<ApiAnswer> ListNamesAsync(
        ApiRequest request,
        string list,
        InventoryFilter filter,
        CancellationToken cancellationToken
    )
    {
        var pageResult = PageRequest.Read(request, list);
        if (!pageResult.IsOk)
        {
            return pageResult.Refusal;
        }

        var page = pageResult.Value;

        var read = await inventory.ListAsync(filter, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(read, entry => entry.Ordinal).Select(row => row.ToDocument()),
            TunnelJson.Default.PageInventoryDocument
        );
    }

    private static Result<InventoryFilter> ReadRouteFilter(ApiRequest request)
    {
        var filter = ReadFilter(request);
        var (owner, open) = (request.Query("owner"), request.Query("open"));
        return !filter.IsOk ? filter.Refusal
            : (CheckText("owner", owner) ?? CheckFlag("open", open)) is { } malformed ? malformed
            : filter.Value with { Owner = owner, IsOpen = open == "true" };
    }

    private static Result<InventoryFilter> ReadFilter(ApiRequest request)
    {
        var (tunnel, route, archived) = (
            request.Query("tunnel_id"),
            request.Query("route"),
            request.Query("include_archived")
        );
        return
            (CheckText("tunnel_id", tunnel) ?? CheckText("route", route) ?? CheckFlag("include_archived", archived))
                is { } malformed
            ? malformed
            : new InventoryFilter
            {
                OrganizationId = request.Caller.OrganizationId,
                WorkspaceId = request.Caller.WorkspaceId,
                TunnelId = tunnel,
                Route = route,
                IncludeArchived = archived == "true",
            };
    }

    private static Refusal? CheckText(string name, string? text) =>
        text is { Length: > MaxTextLength }
            ? RequestErrors.Invalid.Refuse($"{name}: at most {MaxTextLength} characters are allowed.")
            : null;

    private static Refusal? CheckFlag(string name, string? text) =>
        text is not (null or "true" or "false")
            ? RequestErrors.Invalid.Refuse($"{name}: true or false is required.")
            : null;
}
