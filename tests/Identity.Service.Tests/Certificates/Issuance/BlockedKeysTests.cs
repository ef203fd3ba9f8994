using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

public sealed class BlockedKeysTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string Key = new('a', 64);

    // A file that is written in two steps within the clock's resolution does not look changed.
    [Fact]
    public void Contains_AnotherFileOrNone_CountsAtOnce()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Key + "\n");
            var options = new Current<CertificateOptions>(new() { BlockedKeysFile = "/dev/null" });
            var blocked = new BlockedKeys(options, new FakeTimeProvider(), NullLogger<BlockedKeys>.Instance);
            blocked.Contains(Key).ShouldBeFalse();

            options.Use(new() { BlockedKeysFile = file });
            blocked.Contains(Key).ShouldBeTrue();

            options.Use(new());
            blocked.Contains(Key).ShouldBeFalse();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Contains_ListThatCouldNotBeRead_IsReadAgain()
    {
        var file = Path.GetTempFileName();
        try
        {
            var time = new FakeTimeProvider(fixture.Service.Time.GetUtcNow());
            var options = fixture.Service.Options;
            var blocked = new BlockedKeys(
                new(options.Certificates with { BlockedKeysFile = file }),
                time,
                NullLogger<BlockedKeys>.Instance
            );
            Write("half a k");
            blocked.Contains(Key).ShouldBeFalse();

            Write(Key + "\n");
            time.Advance(TimeSpan.FromSeconds(5));

            blocked.Contains(Key).ShouldBeTrue();
        }
        finally
        {
            File.Delete(file);
        }

        void Write(string text)
        {
            File.WriteAllText(file, text);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(20_000));
        }
    }
}
