using System.CommandLine;
using Culvert.Identity.Cli.Commands;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Culvert.Identity.Cli.Tests.Reference;
using Shouldly;

namespace Culvert.Identity.Cli.Tests;

/// <summary>Whatever is left out or put in, a verb ends with an exit status and with words, never with a stack trace.</summary>
public sealed class EveryVerbTests : CommandTest
{
    // Values that their flags accept; elsewhere any word will do.
    private static readonly IReadOnlyDictionary<string, string> Fitting = new Dictionary<string, string>
    {
        ["--address"] = "127.0.0.1:7844",
        ["--cause"] = "superseded",
        ["--days"] = "7",
        ["--epoch"] = "1",
        ["--every"] = "1h",
        ["--expires"] = "1h",
        ["--filter"] = "id=x*",
        ["--identity"] = "dns:x.example.com",
        ["--life"] = "1h",
        ["--limit"] = "1",
        ["--mcp"] = "http://127.0.0.1:1/mcp",
        ["--port"] = "1024",
        ["--range"] = "192.0.2.0/24",
        ["--role"] = "operator",
        ["--since"] = "1h",
        ["--timeout"] = "1s",
        ["--url"] = "https://login.example.com",
        ["SERIAL"] = "01",
    };

    // These wait on purpose: for a browser, for Ctrl-C.
    private static readonly string[] Waiting = ["--watch", "--browser", "--device"];

    [Theory]
    [InlineData(null)]
    [InlineData("}{")]
    [InlineData("[1]")]
    public async Task EveryVerb_WithEachOfItsFlagsAlone_EndsInWords(string? contentOfFiles)
    {
        Stage.KeepState();
        var (accepted, faults) = (0, new List<string>());
        foreach (var (path, verb) in Leaves([], CulvertCommand.Describe()))
        {
            var arguments = verb.Arguments.Where(one => one.Arity.MinimumNumberOfValues > 0).Select(ValueOf);
            var required = verb.Options.Where(one => one.Required).SelectMany(Written);
            var others = verb.Options.Where(one => !one.Required && !Waiting.Contains(one.Name)).Select(Written);
            foreach (var other in others.Prepend([]))
            {
                WriteFile(contentOfFiles);
                string[] line = [.. path, .. arguments, .. required, .. other];
                try
                {
                    var run = await Stage.RunAsync(TestContext.Current.CancellationToken, line);
                    accepted += run.ExitCode == ExitCode.Usage ? 0 : 1;
                    if (run.ExitCode != 0 && run.Error.Length + run.Out.Length == 0)
                    {
                        faults.Add($"{string.Join(' ', line)}: nothing was said");
                    }
                }
                catch (Exception fault)
                {
                    faults.Add($"{string.Join(' ', line)}: {fault.GetType().Name}: {fault.Message}");
                }
            }
        }

        faults.ShouldBeEmpty();
        accepted.ShouldBeGreaterThan(300); // else the values fit no flag, and nothing ran
    }

    [Fact]
    public void EveryVerbThatEndsSomething_AcceptsYes()
    {
        var ending = Leaves([], CulvertCommand.Describe())
            .Where(leaf => VerbFactory.Ending.Contains(leaf.Path[^1]))
            .ToList();

        ending.Count.ShouldBeGreaterThan(25);
        ending
            .Where(leaf => leaf.Verb.Options.All(option => option.Name != "--yes"))
            .Select(leaf => string.Join(' ', leaf.Path))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryFileName_Empty_IsUsage()
    {
        var (tried, faults) = (0, new List<string>());
        foreach (var (path, verb) in Leaves([], CulvertCommand.Describe()))
        {
            var places = verb
                .Options.Where(PathArguments.IsPath)
                .Select(option => (string[])[.. path, .. Needed(verb, except: option), option.Name, ""])
                .Concat(
                    verb.Arguments.Where(argument => argument.Name is "FILE" or "EXPORT")
                        .Select(file =>
                            (string[])
                                [
                                    .. path,
                                    .. verb
                                        .Arguments.Where(one => one == file || one.Arity.MinimumNumberOfValues > 0)
                                        .Select(one => one == file ? "" : ValueOf(one)),
                                ]
                        )
                );
            foreach (var line in places)
            {
                tried++;
                var run = await Stage.RunAsync(TestContext.Current.CancellationToken, line);
                if (run.ExitCode != ExitCode.Usage || !run.Error.Contains("the file name is empty"))
                {
                    faults.Add($"{string.Join(' ', line)}: {run.ExitCode} {run.Error}");
                }
            }
        }

        faults.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(30);
        Service.Requests.ShouldBeEmpty();
    }

    private IEnumerable<string> Needed(Command verb, Option except) =>
        [
            .. verb.Arguments.Where(one => one.Arity.MinimumNumberOfValues > 0).Select(ValueOf),
            .. verb.Options.Where(one => one.Required && one != except).SelectMany(Written),
        ];

    private static IEnumerable<(string[] Path, Command Verb)> Leaves(string[] path, Command command) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(sub => Leaves([.. path, sub.Name], sub));

    private IEnumerable<string> Written(Option option) =>
        option.ValueType == typeof(bool) ? [option.Name]
        : PathArguments.IsPath(option) ? [option.Name, AnyFile]
        : [option.Name, Fitting.GetValueOrDefault(option.Name, "x_01")];

    private string ValueOf(Argument argument) =>
        argument.Name is "FILE" or "EXPORT" ? AnyFile : Fitting.GetValueOrDefault(argument.Name, "x_01");

    private string AnyFile => Path.Combine(Stage.Folder, "file");

    // Created again before each command, which may have written it; null = there is none.
    private void WriteFile(string? content)
    {
        File.Delete(AnyFile);
        if (content is not null)
        {
            Stage.Write("file", content);
        }
    }
}
