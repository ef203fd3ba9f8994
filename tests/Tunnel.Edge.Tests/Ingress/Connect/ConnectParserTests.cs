using System.Text;
using Culvert.Tunnel.Edge.Ingress.Connect;

namespace Culvert.Tunnel.Edge.Tests.Ingress.Connect;

public sealed class ConnectParserTests
{
    [Theory]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", "a.test", 443)]
    [InlineData("CONNECT A.Test:9443 HTTP/1.1\r\nhost:a.test\r\nUser-Agent: x\r\n\r\n", "a.test", 9443)]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nContent-Length: 0\r\n\r\n", "a.test", 443)]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nProxy-Connection:\tKeep-Alive \r\n\r\n", "a.test", 443)]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nEmpty:\r\n\r\n", "a.test", 443)]
    [InlineData("CONNECT a.test.:443 HTTP/1.1\r\nHost: a.test.:443\r\n\r\n", "a.test", 443)] // the dot of the root
    [InlineData("CONNECT a.test.:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", "a.test", 443)]
    public void Parse_Connect_IsRead(string text, string name, int port) =>
        Parse(text).ShouldBe(new ConnectRequest(name, port));

    [Theory] // S22: 400
    [InlineData("CONNECT a.test:443 HTTP/1.0\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/2\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT  a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443  HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("connect a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET https://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT https://a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")] // absolute-form
    [InlineData("CONNECT /a HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test: HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:0 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:0443 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:+443 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:65536 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT u@a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443/x HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n")] // addresses, in every spelling
    [InlineData("CONNECT 2130706433:443 HTTP/1.1\r\nHost: 2130706433\r\n\r\n")]
    [InlineData("CONNECT 127.1:443 HTTP/1.1\r\nHost: 127.1\r\n\r\n")]
    [InlineData("CONNECT 0x7f.0x1:443 HTTP/1.1\r\nHost: 0x7f.0x1\r\n\r\n")]
    [InlineData("CONNECT a.1:443 HTTP/1.1\r\nHost: a.1\r\n\r\n")]
    [InlineData("CONNECT 127.0.0.1.:443 HTTP/1.1\r\nHost: 127.0.0.1.\r\n\r\n")]
    [InlineData("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\n\r\n")] // no Host, two, another
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: b.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:444\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\n")] // bodies
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n folded\r\n\r\n")] // RFC 9112 §5
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost : a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nx\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n: x\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nX: a\nY: b\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nX: a\rb\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\nHost: a.test\r\n\r\n")]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\nX: \0\r\n\r\n")]
    public void Parse_AnythingElse_IsRefused(string text) => Parse(text).ShouldBeNull();

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Parse_Headers_AreBounded(int others, bool read)
    {
        var fields = string.Concat(Enumerable.Range(0, others).Select(i => $"X-{i}: a\r\n"));
        (Parse($"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n{fields}\r\n") is not null).ShouldBe(read);
    }

    [Fact]
    public void Parse_AnyBytes_GiveARequestOrNone()
    {
        var random = new Random(22);
        var good = Encoding.ASCII.GetBytes("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nX: y\r\n\r\n");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (ConnectParser.HeadLength(bytes) is > 0 and var length)
            {
                _ = ConnectParser.Parse(bytes.AsSpan(0, length)); // never throws
            }
        }
    }

    private static ConnectRequest? Parse(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        ConnectParser.HeadLength(bytes).ShouldBe(bytes.Length);
        return ConnectParser.Parse(bytes);
    }

    [Theory]
    [InlineData(
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0af7651916cd43dd8448eb211c80319c"
    )]
    [InlineData(
        "TraceParent:00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
        "0af7651916cd43dd8448eb211c80319c"
    )]
    [InlineData("traceparent: 00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", null)] // §3.2.2.3: lower case
    [InlineData("traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01", null)]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", null)]
    [InlineData("traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null)]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", null)]
    [InlineData("traceparent: any thing", null)]
    [InlineData("X-Trace: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null)]
    [InlineData(
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        null
    )]
    public void ReadTrace_AsTheStandardHasIt(string field, string? trace)
    {
        var head = Encoding.ASCII.GetBytes(
            $"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n{field}\r\ntracestate: a=1\r\n\r\n"
        );
        ConnectParser.Parse(head).ShouldNotBeNull();

        var read = ConnectParser.ReadTrace(head);

        (read == default ? null : read.TraceId.ToHexString()).ShouldBe(trace);
        read.TraceState.ShouldBe(trace is null ? null : "a=1");
    }
}
