using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>Whatever a page tells its reader to type, the program understands.</summary>
public sealed partial class DocumentedCommandLineTests
{
    private static readonly IReadOnlyList<(ShellLine Line, ProgramCall Call)> Calls =
    [
        .. Pages()
            .SelectMany(page => ShellBlocks.Of(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .SelectMany(line => CallsOf(line.Text).Select(call => (line, call))),
    ];

    [Fact]
    public void CommandLine_OfAnyPage_IsUnderstood() =>
        Calls
            .SelectMany(found =>
                ProgramParsers.Check(found.Call).Select(fault => $"{found.Line.Place}: {fault}: {found.Line.Text}")
            )
            .ShouldBeEmpty();

    /// <summary>In the midst of a sentence a command may be named without its values; what is there must be known.</summary>
    [Fact]
    public void CommandLine_InASentence_IsKnown() =>
        Pages()
            .SelectMany(page => InlineCode.Of(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .SelectMany(line => CallsOf(line.Text).Select(call => (line, call)))
            .Where(found => found.call.Arguments is [not "NOUN", ..]) // the pattern of all of them
            .SelectMany(found =>
                ProgramParsers
                    .Check(found.call)
                    .Where(fault => !IsOfAValue(fault))
                    .Select(fault => $"{found.line.Place}: {fault}: {found.line.Text}")
            )
            .ShouldBeEmpty();

    // Should the pages' form change under the reader of blocks, nothing would be checked.
    [Theory]
    [InlineData("culvert", 120)]
    [InlineData("tunnel-agent", 10)]
    [InlineData("tunnel-edge", 2)]
    [InlineData("identity-service", 10)]
    [InlineData("./quickstart", 3)]
    public void CommandLine_OfEachProgram_IsFound(string program, int atLeast) =>
        Calls.Count(found => found.Call.Program == program).ShouldBeGreaterThanOrEqualTo(atLeast);

    [Theory]
    [InlineData("culvert tunnel make docs")]
    [InlineData("culvert tunnel create docs --colour red")]
    [InlineData("culvert tunnel show")]
    [InlineData("culvert tunnel")]
    [InlineData("CA=$(culvert ca registre mcp --tunnel docs -o name)")]
    [InlineData("test -f x || sudo -u culvert identity-service backups --out \"$FILE\" >/dev/null 2>&1")]
    [InlineData("kubectl exec deploy/agent -- tunnel-agent doctors")]
    [InlineData("kubectl exec deploy/agent --namespace culvert -- tunnel-agent doctors")]
    [InlineData("systemd-run --uid culvert-identity-service identity-service migrates")]
    [InlineData("tunnel-edge config check && tunnel-edge empty")]
    [InlineData("./quickstart sideways")]
    [InlineData("./test --soak nothing")]
    [InlineData("./bench nothing")]
    public void CommandLine_ThatIsWrong_IsFound(string line) =>
        CallsOf(line).SelectMany(ProgramParsers.Check).ShouldNotBeEmpty();

    [Theory]
    [InlineData("culvert tunnel show <id>  # a placeholder", 1)]
    [InlineData("CULVERT_URL=x culvert tunnel show \"$TUNNEL_ID\" | head -n 1", 1)]
    [InlineData("ROOT=$(culvert platform-root prepare -o name)", 1)]
    [InlineData("docker compose -f single-node.yaml up -d identity-service", 0)]
    [InlineData("systemctl restart tunnel-edge", 0)]
    [InlineData("kubectl exec culvert-service-0 --namespace culvert -- identity-service backup --out - >a", 1)]
    [InlineData("identity-service restore FILE [--later EXPORT]… [--revocation-list CRL]…", 1)]
    [InlineData("./test --soak fuzz --seed 7; ./quickstart up --ha", 2)]
    public void CommandLine_ThatIsRight_IsUnderstood(string line, int calls)
    {
        CallsOf(line).Count().ShouldBe(calls);
        CallsOf(line).SelectMany(ProgramParsers.Check).ShouldBeEmpty();
    }

    private static IEnumerable<ProgramCall> CallsOf(string line) =>
        ShellWords.Commands(line).Select(ProgramCall.Find).OfType<ProgramCall>();

    // An argument that is left out, or a placeholder in capitals.
    private static bool IsOfAValue(string fault) =>
        fault.StartsWith("Required", StringComparison.Ordinal)
        || fault.EndsWith("is required.", StringComparison.Ordinal)
        || fault == "a command is missing"
        || Placeholder().IsMatch(fault);

    private static IEnumerable<string> Pages() =>
        Directory
            .EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("deploy"), "README.md", SearchOption.AllDirectories))
            .Append(Repository.PathOf("README.md"));

    [GeneratedRegex("'[A-Z]+'")]
    private static partial Regex Placeholder();
}
