using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal sealed class ListFlags
{
    /// <summary>A list with more pages than this is an error of the service.</summary>
    private const int MaxPages = 10_000;

    private readonly Option<int?> limit = new("--limit") { Description = "objects per page", HelpName = "N" };
    private readonly Option<string?> page = Flags.Text("--page", "CURSOR", "continue after an earlier page");
    private readonly Option<bool> all = new("--all") { Description = "every page" };
    private readonly Option<bool> archived = new("--include-archived") { Description = "archived ones too" };

    private readonly Option<string[]> filter = ResultFilter.Create();
    private readonly Option[] watch = WatchFlags.Create();

    public ListFlags() =>
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 1000)
            {
                result.AddError("--limit must be from 1 to 1000");
            }
        });

    public Option[] Options => [limit, page, all, archived, filter, .. watch];

    /// <summary>For lists of objects that are never archived.</summary>
    public Option[] OptionsWithoutArchived => [limit, page, all, filter, .. watch];

    /// <summary>For lists that the service returns in one page.</summary>
    public static Option[] OfWhole() => [ResultFilter.Create(), .. WatchFlags.Create()];

    public async Task<CommandResult> RunAsync(
        CommandContext context,
        string path,
        Query query,
        IReadOnlyList<Column> columns,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        query.Add("limit", context.Get(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        query.Add("include_archived", context.Get(archived) ? "true" : null);
        var answer = await client.GetAsync(WithPage(query, context.Get(page)).On(path), cancel);
        // A filter reads the whole list, unless one page was requested.
        if (context.Get(all) || (context.Has(filter) && !context.Has(page) && !context.Has(limit)))
        {
            return CommandResult.List(await RestAsync(context, path, query, answer, cancel), columns);
        }

        if (answer.Json.Text("next_page") is { } next)
        {
            context.Note($"more results: --page {next}, or --all");
        }

        return CommandResult.List(answer, columns);
    }

    private static async Task<ApiAnswer> RestAsync(
        CommandContext context,
        string path,
        Query query,
        ApiAnswer first,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        using var progress = new Progress(context.Host, context.IsQuiet, "objects read");
        var data = new JsonArray();
        var answer = first;
        for (var n = 0; n < MaxPages; n++)
        {
            foreach (var item in answer.Json.Data())
            {
                data.Add(item?.DeepClone());
            }

            progress.Report(data.Count);
            if (answer.Json.Text("next_page") is not { } next)
            {
                break;
            }

            answer = await client.GetAsync(WithPage(query, next).On(path), cancel);
        }

        return ApiAnswer.FromJson(new JsonObject { ["data"] = data, ["next_page"] = null });
    }

    private static Query WithPage(Query query, string? cursor) => query.Copy().Add("page", cursor);
}
