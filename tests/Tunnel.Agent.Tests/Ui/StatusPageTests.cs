using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Logging;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Ui;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Ui;

public sealed class StatusPageTests
{
    private const string Hostile = "<script>alert(1)</script>\"'&";

    [Fact]
    public void Write_HostileText_IsOnlyText()
    {
        var html = StatusPage.Write(View(Hostile));

        html.ShouldNotContain("<script");
        html.ShouldContain("&lt;script&gt;");
    }

    [Fact]
    public void Write_Everything_IsOnThePage()
    {
        var html = StatusPage.Write(View("x"));

        foreach (
            var part in new[]
            {
                "docs.t1.example.test",
                "edge-1",
                "2 of 2",
                "0a1b",
                "No edge is connected",
                "said so",
                "tunnel_abc",
                "plane.example",
            }
        )
        {
            html.ShouldContain(part);
        }
    }

    [Fact]
    public async Task Handle_Page_MayDoNothingButShow()
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;

        await new StatusPage(_ => Task.FromResult(View("x"))).HandleAsync(context);

        var policy = context.Response.Headers.ContentSecurityPolicy.ToString();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("'unsafe");
        var html = Encoding.UTF8.GetString(body.ToArray());
        var style = html[
            (html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)
        ];
        policy.ShouldContain(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style))));
        context.Response.Headers.CacheControl.ToString().ShouldBe("no-store");
    }

    [Fact]
    public void Recent_ManyCalls_KeepsTheLast()
    {
        var calls = new RecentCalls(TimeProvider.System);
        for (var i = 0; i < 120; i++)
        {
            calls.Add("docs", i, "");
        }

        calls.Calls.Count.ShouldBe(50);
        calls.Calls[^1].Status.ShouldBe(119);
    }

    private static StatusView View(string text) =>
        new()
        {
            Version = "1.2.3",
            TunnelId = "tnl_01",
            Domain = "t1.example.test",
            Now = DateTimeOffset.UnixEpoch,
            Checks = [("edges", "No edge is connected.", false), (text, text, true)],
            LongPolls = [new("tunnel_abc", "plane.example", DateTimeOffset.UnixEpoch, 3, text)],
            Edges = [("edge-1", 2, 2), (text, 0, 2)],
            Routes = [new("docs.t1.example.test", text, "required", false, text), new(text, "u", text, true, "")],
            Certificates =
            [
                ("inner TLS", "0a1b", DateTimeOffset.UnixEpoch.AddDays(1)),
                (text, text, DateTimeOffset.UnixEpoch),
            ],
            Calls = [new(DateTimeOffset.UnixEpoch, "docs", 200, ""), new(DateTimeOffset.UnixEpoch, text, 0, text)],
            Lines = [new RecentLine(DateTimeOffset.UnixEpoch, LogLevel.Warning, "said so " + text)],
        };
}
