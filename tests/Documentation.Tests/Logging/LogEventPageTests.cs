using Shouldly;

namespace Culvert.Documentation.Tests.Logging;

public sealed class LogEventPageTests
{
    private const string RenewVariable = "CULVERT_RENEW_DOCS";

    // Written for every line by the log itself.
    private static readonly string[] Taken = ["ts", "level", "event_id", "event", "msg", "category", "exception"];

    private static string PagePath => Repository.PathOf("docs/log-events.md");

    public static TheoryData<string> Programs => ["identity-service", "tunnel-agent", "tunnel-edge"];

    /// <summary>To renew the page, run this test with CULVERT_RENEW_DOCS=1.</summary>
    [Fact]
    public void Page_InTheRepository_IsWhatTheProgramsLog()
    {
        var expected = LogEventPage.Write();
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            File.WriteAllText(PagePath, expected);
        }

        File.ReadAllText(PagePath)
            .ShouldBe(
                expected,
                $"docs/log-events.md is stale: {RenewVariable}=1 dotnet run --project tests/Documentation.Tests -- -class {GetType().FullName}"
            );
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Event_OfAProgram_IsThereOnce(string program)
    {
        string[] shared = program == "identity-service" ? ["Platform"] : ["Machine.Client", "Platform"];
        LogEvent[] events = [.. LogEvents.Of(program), .. shared.SelectMany(LogEvents.Of)];

        events.Length.ShouldBeGreaterThan(20);
        events.Select(one => one.Id).ShouldBeUnique();
        events.Select(one => one.Name).ShouldBeUnique();
        events.ShouldAllBe(one => one.Id > 0 && one.Message.Length > 0);
    }

    [Fact]
    public void Field_OfAMessage_HidesNoneThatEveryLineHas() =>
        LogEventPage
            .Parts.SelectMany(part => LogEvents.Of(part.Assembly))
            .Where(one => one.Fields.Intersect(Taken).Any())
            .Select(one => one.Name)
            .ShouldBeEmpty();
}
