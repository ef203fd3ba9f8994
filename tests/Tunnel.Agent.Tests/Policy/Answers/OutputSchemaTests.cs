using System.Text;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>An answer of another form than the approved one is unfit.</summary>
public sealed class OutputSchemaTests
{
    private const string Schema =
        """{"type":"object","properties":{"ok":{"type":"integer"},"no":{"type":"string"}},"required":["ok"],"additionalProperties":false}""";

    [Theory]
    [InlineData(Schema, """{"ok":1,"no":"a"}""", "")]
    [InlineData(Schema, """{"ok":"1"}""", "output_schema")]
    [InlineData(Schema, """{"no":"a"}""", "output_schema")]
    [InlineData(Schema, """{"ok":1,"more":2}""", "output_schema")]
    [InlineData(Schema, "null", "no_structured_part")]
    [InlineData("""{"$ref":"https://elsewhere.example/schema"}""", """{"ok":1}""", "output_schema")] // cannot be evaluated
    public void Answer_IsComparedWithTheApprovedForm(string schema, string structured, string problem)
    {
        foreach (var piece in new[] { 3, int.MaxValue })
        {
            var judged = Judged.Read(
                PolicyFile.Settings(
                    "{name: a, effect: allow, tools: [get], answer: {fields: [/ok], text_as_json: true}}"
                ),
                Encoding.UTF8.GetBytes(
                    Judged.Answer(structured, ""","content":[{"type":"text","text":"{\"ok\":1}"}]""")
                ),
                piece: piece,
                output: PinnedSchema.Read(
                    Definition
                        .TryRead(
                            new PinKey(PinKind.Tool, "get"),
                            $$"""{"name":"get","inputSchema":{"type":"object"},"outputSchema":{{schema}}}"""
                        )
                        .ShouldNotBeNull()
                )
            );

            judged.Problem.ShouldBe(problem);
            if (problem.Length == 0)
            {
                judged.Structured.GetRawText().ShouldBe("""{"ok":1}""");
            }
        }
    }
}
