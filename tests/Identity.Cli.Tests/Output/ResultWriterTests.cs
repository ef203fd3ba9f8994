using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Output;

public sealed class ResultWriterTests
{
    private static readonly CommandResult List = CommandResult.List(
        ApiAnswer.FromJson(
            (JsonObject)
                JsonNode.Parse(
                    """{"data":[{"id":"a","deep":{"name":"[red]x"},"list":["1","2"]},{"id":"bb","deep":null,"list":[]}],"next_page":null}"""
                )!
        ),
        new("ID", "id"),
        new Column("NAME", "deep.name"),
        new Column("LIST", "list")
    );

    [Fact]
    public void Table_List_AlignsColumnsAndTakesNoMarkupFromValues() =>
        Written(List, OutputFormat.Table).ShouldBe("ID  NAME    LIST\na   [red]x  1, 2\nbb  -       -\n");

    /// <summary>A place is what a terminal draws: two for a wide character, none for an accent of its own.</summary>
    [Theory]
    [InlineData("日本", 4)]
    [InlineData("e\u0301t", 2)]
    [InlineData("🚇", 2)]
    [InlineData("a\u200db", 2)]
    [InlineData("¡…", 2)]
    public void Width_OfAText_IsThePlacesThatATerminalDraws(string text, int width) =>
        DisplayWidth.Measure(text).ShouldBe(width);

    [Fact]
    public void Table_ObjectOnATerminal_FoldsValuesBesideTheirNames()
    {
        var shown = CommandResult.Object(
            new JsonObject { ["note"] = "every agent of the tunnel is connected", ["digest"] = new string('f', 30) }
        );

        Written(shown, OutputFormat.Table, width: 34)
            .ShouldBe(
                """
                note    every agent of the tunnel
                        is connected
                digest  ffffffffffffffffffffffffff
                        ffff

                """
            );
    }

    [Fact]
    public void Table_WithoutTerminal_NeverFoldsALine()
    {
        var wide = CommandResult.Object(new JsonObject { ["id"] = new string('x', 300) });

        Written(wide, OutputFormat.Table).ShouldBe($"id  {new string('x', 300)}\n");
    }

    [Fact]
    public void Table_ObjectWithATextOfLinesInside_GivesItsMembersRows()
    {
        var shown = CommandResult.Object(
            (JsonObject)
                JsonNode.Parse(
                    """{"jwks":{"type":"explicit_url","ca_cert_pem":"one\r\ntwo\n"},"plain":{"a":1,"b":"c"}}"""
                )!
        );

        Written(shown, OutputFormat.Table)
            .ShouldBe(
                """
                jwks.type         explicit_url
                jwks.ca_cert_pem  one
                                  two
                plain             a=1, b=c

                """
            );
    }

    [Fact]
    public void Table_ObjectWithAList_GivesEachItsRows_AndTextsTheirLines()
    {
        var shown = CommandResult.Object(
            (JsonObject)
                JsonNode.Parse(
                    """{"id":"ca_01","chain":[{"subject":"CN=a","names":[]},{"subject":"CN=b","names":["x","y"]}],"pem":"one\ntwo\u001b\n"}"""
                )!
        );

        Written(shown, OutputFormat.Table)
            .ShouldBe(
                """
                id               ca_01
                chain.1.subject  CN=a
                chain.1.names    -
                chain.2.subject  CN=b
                chain.2.names    x, y
                pem              one
                                 two\uFFFD

                """.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Name_List_IsOneIdALine() => Written(List, OutputFormat.Name).ShouldBe("a\nbb\n");

    [Fact]
    public void Json_IsRawWithOneLineEnd()
    {
        var result = CommandResult.Object(new ApiAnswer("{ \"id\" : 1.50 }\n", new JsonObject()));

        Written(result, OutputFormat.Json).ShouldBe("{ \"id\" : 1.50 }\n");
    }

    private static readonly CommandResult Findings = CommandResult.List(
        ApiAnswer.FromJson(
            (JsonObject)
                JsonNode.Parse(
                    """{"data":[{"id":"fdrl_01rjX0Dud4ARch5f18z0nX91","at":"2026-11-22T16:05:15.2702031Z","state":"draft","scope":"workspace:manage_tunnels","text":"any subject of this issuer matches, so pin one"}]}"""
                )!
        ),
        new("ID", "id", Fit.Whole),
        new("AT", "at"),
        new("STATE", "state", Fit.Whole),
        new("SCOPE", "scope"),
        new Column("TEXT", "text", Fit.Wrap)
    );

    [Fact]
    public void Table_TooNarrowForAll_DropsFromTheRight_FoldsProse_AndKeepsIdAndState() =>
        Written(Findings, OutputFormat.Table, width: 77)
            .ShouldBe(
                "ID                             AT         STATE  TEXT\n"
                    + "fdrl_01rjX0Dud4ARch5f18z0nX91  5 min ago  draft  any subject of this issuer\n"
                    + new string(' ', 49)
                    + "matches, so pin one\n"
                    + "(no room for SCOPE: use -o wide)\n"
            );

    [Fact]
    public void Table_TooNarrowEvenForWhatStays_CutsNothing()
    {
        var text = Written(Findings, OutputFormat.Table, width: 40);

        text.ShouldContain("fdrl_01rjX0Dud4ARch5f18z0nX91  draft  any subject of this");
        text.ShouldNotContain("…");
    }

    [Fact]
    public void Table_IntoAPipe_HasTimesToTheSecond() =>
        Written(Findings, OutputFormat.Table).ShouldContain("  2026-11-22T16:05:15Z  ");

    [Fact]
    public void Wide_OnATerminal_HasEveryColumnWhole() =>
        Written(Findings, OutputFormat.Wide, width: 40)
            .ShouldContain("workspace:manage_tunnels  any subject of this issuer matches, so pin one\n");

    private static string Written(CommandResult result, OutputFormat format, int? width = null)
    {
        using var output = new StringWriter();
        ResultWriter.Write(
            result,
            format,
            new CliHost
            {
                Variable = _ => null,
                Out = output,
                Error = TextWriter.Null,
                In = TextReader.Null,
                CanAsk = false,
                OutputWidth = width,
                Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 16, 11, 0, TimeSpan.Zero)),
            }
        );
        return output.ToString();
    }
}
