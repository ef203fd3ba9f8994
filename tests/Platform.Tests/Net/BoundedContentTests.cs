using System.IO.Pipelines;
using System.Security.Cryptography;
using Culvert.Platform.Net;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class BoundedContentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(10_000)]
    public async Task Read_UpToTheLimit_IsWhole(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        (await BoundedContent.ReadAsync(Announced(bytes), 10_000, Token)).ShouldNotBeNull().ToArray().ShouldBe(bytes);
        (await BoundedContent.ReadAsync(Streamed(bytes), 10_000, Token)).ShouldNotBeNull().ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task Read_OneByteMore_IsNull()
    {
        (await BoundedContent.ReadAsync(Announced(new byte[10_001]), 10_000, Token)).ShouldBeNull();
        (await BoundedContent.ReadAsync(Streamed(new byte[10_001]), 10_000, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Read_LengthIsAnnouncedTooLarge_ReadsNothing()
    {
        var body = new MemoryStream(new byte[10_001]);

        await BoundedContent.ReadAsync(new StreamContent(body), 10_000, Token);

        body.CanRead.ShouldBeTrue();
        body.Position.ShouldBe(0);
    }

    private static ByteArrayContent Announced(byte[] bytes) => new(bytes);

    private static StreamContent Streamed(byte[] bytes) => new(PipeReader.Create(new MemoryStream(bytes)).AsStream());
}
