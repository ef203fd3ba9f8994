using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pipeline;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

public sealed class TraceStageTests
{
    private const string Context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Theory]
    [InlineData("""{"params":{"_meta":{"traceparent":"CONTEXT"}}}""", true)]
    [InlineData(
        """{"a":[{}],"params":{"b":{"_meta":1},"_meta":{"c":{"traceparent":1},"traceparent":"CONTEXT"}} }""",
        true
    )]
    [InlineData("""{"params":{"_meta":{"traceparent":"CONTEXT","tracestate":"a=1"},"z":""", true)]
    [InlineData("""{"params":{"_meta":{"Traceparent":"CONTEXT"}}}""", false)]
    [InlineData("""{"_meta":{"traceparent":"CONTEXT"}}""", false)]
    [InlineData("""{"params":{"arguments":{"_meta":{"traceparent":"CONTEXT"}}}}""", false)]
    [InlineData("""[{"params":{"_meta":{"traceparent":"CONTEXT"}}}]""", false)]
    [InlineData("""{"params":{"_meta":{"traceparent":{"a":1}}}}""", false)]
    [InlineData("""{"params":{"_meta":{"traceparent":"x"}}}""", false)]
    [InlineData("""{"params":[],"_meta":""", false)]
    [InlineData("not json", false)]
    [InlineData("", false)]
    public void Read_OnlyTheMetaOfParamsNamesATrace(string body, bool names) =>
        (
            TraceStage.GetContext(
                MessageReader.Read(Encoding.UTF8.GetBytes(body.Replace("CONTEXT", Context, StringComparison.Ordinal)))
            ) != default
        ).ShouldBe(names);
}
