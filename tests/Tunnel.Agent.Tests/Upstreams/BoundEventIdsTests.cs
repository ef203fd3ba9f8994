using System.Text;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>P8: ids in a stream of events get a tag, whatever the lines and the reads are.</summary>
public sealed class BoundEventIdsTests
{
    private static readonly SessionBinding Binding = new SessionBinding("docs", new SessionKey()).ForEvents();

    private static readonly Principal Alice = new()
    {
        Issuer = "https://as",
        Subject = "alice",
        ClientId = "c",
        Scopes = [],
        EndsAt = DateTimeOffset.MaxValue,
        KeyThumbprint = null,
    };

    [Theory]
    [InlineData("id: 4\n\n", "id: {4}\n\n")]
    [InlineData("id:4\n\n", "id: {4}\n\n")]
    [InlineData("id:  4 \n\n", "id: {4}\n\n")]
    [InlineData("data: x\r\nid: a.b\r\ndata: y\r\n\r\n", "data: x\r\nid: {a.b}\r\ndata: y\r\n\r\n")]
    [InlineData("data: x\rid: 4\r\r", "data: x\rid: {4}\r\r")]
    [InlineData("id: 4\nid: 5\ndata: x\ndata: id: 6\n\n", "id: {4}\nid: {5}\ndata: x\ndata: id: 6\n\n")]
    [InlineData("\uFEFFid: 4\n\nid: 5\n\n", "\uFEFFid: {4}\n\nid: {5}\n\n")]
    [InlineData("id: grün\n\n", "id: {grün}\n\n")]
    [InlineData("id: 4", "id: {4}")]
    [InlineData("id\n\n", "id\n\n")] // an empty id is none
    [InlineData("id:\n\n", "id:\n\n")]
    [InlineData("id: \n\n", "id: \n\n")]
    [InlineData("ID: 4\nidx: 4\n id: 4\n: id: 4\n\uFEFFid: 4\n\n", "ID: 4\nidx: 4\n id: 4\n: id: 4\n\uFEFFid: 4\n\n")]
    [InlineData(": hi\n\ndata: x\n\n", ": hi\n\ndata: x\n\n")]
    [InlineData("i", "i")]
    [InlineData("", "")]
    public void Add_HoweverItIsCut_BindsIdsAndNothingElse(string stream, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        foreach (var id in (string[])["4", "5", "a.b", "grün"])
        {
            Binding.TryBind(id, Alice, out var bound).ShouldBeTrue();
            expected = expected.Replace($"{{{id}}}", bound, StringComparison.Ordinal);
        }

        for (var size = 1; size <= bytes.Length + 1; size++)
        {
            Pass(bytes, size).ShouldBe(expected, $"in reads of {size}");
        }
    }

    [Fact]
    public void Add_LineWithoutAnId_IsNotHeld()
    {
        var ids = new BoundEventIds(Binding, Alice);

        ids.Add("data: {\"half\""u8).ShouldBeNull();
        ids.Add(":\nid: 4"u8)!.Value.ToArray().ShouldBe(":\n"u8.ToArray());
        ids.IsRefused.ShouldBeFalse();
    }

    [Theory]
    [InlineData(SessionBinding.MaxIdLength, 4096, false)]
    [InlineData(SessionBinding.MaxIdLength + 1, 4096, true)]
    [InlineData(SessionBinding.MaxIdLength, 1_000_000, false)]
    [InlineData(SessionBinding.MaxIdLength + 1, 1_000_000, true)]
    public void Add_LongId_IsBoundUpToTheLimit(int length, int size, bool isRefused)
    {
        var ids = new BoundEventIds(Binding, Alice);
        foreach (var part in Encoding.ASCII.GetBytes($"id: {new string('e', length)}\n\n").Chunk(size))
        {
            ids.Add(part);
        }

        ids.IsRefused.ShouldBe(isRefused);
    }

    [Fact]
    public void Add_LineThatNeverEnds_IsRefusedAtTheLimit()
    {
        var ids = new BoundEventIds(Binding, Alice);
        ids.Add("id: "u8);

        ids.Add(new byte[SessionBinding.MaxIdLength]);
        ids.IsRefused.ShouldBeFalse();
        ids.Add(new byte[1]);
        ids.IsRefused.ShouldBeTrue();
    }

    private static string Pass(byte[] bytes, int size)
    {
        var ids = new BoundEventIds(Binding, Alice);
        var passed = new MemoryStream();
        foreach (var part in bytes.Chunk(size))
        {
            passed.Write((ids.Add(part) ?? part).Span);
        }

        passed.Write(ids.End(default).Span);
        ids.IsRefused.ShouldBeFalse();
        return Encoding.UTF8.GetString(passed.ToArray());
    }
}
