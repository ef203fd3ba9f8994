using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;
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

    [Fact]
    public void Table_WithoutTerminal_NeverFoldsALine()
    {
        var wide = CommandResult.Object(new JsonObject { ["id"] = new string('x', 300) });

        Written(wide, OutputFormat.Table).ShouldBe($"id  {new string('x', 300)}\n");
    }

    [Fact]
    public void Name_List_IsOneIdALine() => Written(List, OutputFormat.Name).ShouldBe("a\nbb\n");

    [Fact]
    public void Json_IsRawWithOneLineEnd()
    {
        var result = CommandResult.Object(new ApiAnswer("{ \"id\" : 1.50 }\n", new JsonObject()));

        Written(result, OutputFormat.Json).ShouldBe("{ \"id\" : 1.50 }\n");
    }

    private static string Written(CommandResult result, OutputFormat format)
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
                OutputWidth = null,
                Time = TimeProvider.System,
            }
        );
        return output.ToString();
    }
}
