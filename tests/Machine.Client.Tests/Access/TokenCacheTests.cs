using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Access;

public sealed class TokenCacheTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo parent = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly FakeTimeProvider time = new();
    private readonly string key = TokenCache.Key("https://id.test", "rule");
    private int exchanges;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(parent.FullName, "tokens");

    public void Dispose() => parent.Delete(recursive: true);

    [Fact]
    public async Task Get_Twice_ExchangesOnce()
    {
        (await GetAsync()).ShouldBe("token-1");
        (await GetAsync()).ShouldBe("token-1");

        exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task Get_ManyProcessesAtOnce_ExchangeOnce()
    {
        // Each its own cache, as separate processes have: what they share is the Folder and its lock.
        var clock = TimeProvider.System;
        var tokens = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => GetAsync(new TokenCache(Folder, clock)), Token))
        );

        tokens.ShouldAllBe(token => token == "token-1");
        exchanges.ShouldBe(1);
    }

    [Fact]
    public async Task Get_KeptOneIsNotUsable_ExchangesAndKeepsTheNew()
    {
        await GetAsync();
        (await GetAsync(isUsable: false)).ShouldBe("token-2");

        (await GetAsync()).ShouldBe("token-2");
    }

    [Fact]
    public async Task Get_OtherRule_HasItsOwn()
    {
        await GetAsync();
        var other = await new TokenCache(Folder, time).GetAsync(
            TokenCache.Key("https://id.test", "other"),
            _ => true,
            Exchange,
            Token
        );

        other.Value!.Value.ShouldBe("token-2");
    }

    [Fact]
    public async Task Get_Files_AreTheOwnersAlone()
    {
        await GetAsync();

        File.GetUnixFileMode(Folder).ShouldBe(Private | UnixFileMode.UserExecute);
        Directory.GetFiles(Folder).ShouldAllBe(file => File.GetUnixFileMode(file) == Private);
        Directory.GetFiles(Folder).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("readable")]
    [InlineData("half")]
    [InlineData("empty")]
    [InlineData("huge")]
    public async Task Get_EntryThatCannotBeTrusted_IsReplaced(string fault)
    {
        await GetAsync();
        var entry = Path.Combine(Folder, $"{key}.json");
        switch (fault)
        {
            case "readable":
                File.SetUnixFileMode(entry, Private | UnixFileMode.GroupRead);
                break;
            case "half":
                await File.WriteAllTextAsync(entry, """{"access_token":"tok""", Token);
                break;
            case "empty":
                await File.WriteAllTextAsync(entry, "", Token);
                break;
            default:
                await File.WriteAllTextAsync(entry, new string(' ', 70_000), Token);
                break;
        }

        (await GetAsync()).ShouldBe("token-2");
        File.GetUnixFileMode(entry).ShouldBe(Private);
    }

    [Fact]
    public async Task Get_FolderCannotBeMade_WorksWithoutKeeping()
    {
        await File.WriteAllTextAsync(Folder + ".file", "", Token);
        var cache = new TokenCache(Path.Combine(Folder + ".file", "tokens"), time);

        (await GetAsync(cache)).ShouldBe("token-1");
        (await GetAsync(cache)).ShouldBe("token-2");
    }

    [Fact]
    public async Task Get_ExchangeFails_KeepsNothing()
    {
        var failed = await new TokenCache(Folder, time).GetAsync(
            key,
            _ => true,
            _ =>
                Task.FromResult<ApiResult<AccessToken>>(
                    new ApiFailure
                    {
                        Kind = ApiFailureKind.Refused,
                        Operation = "x",
                        Message = "no",
                    }
                ),
            Token
        );

        failed.IsSuccess.ShouldBeFalse();
        (await GetAsync()).ShouldBe("token-1");
    }

    [Fact]
    public async Task Forget_DropsThatTokenAlone()
    {
        var cache = new TokenCache(Folder, time);
        var first = (await cache.GetAsync(key, _ => true, Exchange, Token)).Value!;
        await GetAsync(isUsable: false);

        await cache.ForgetAsync(key, first, Token);
        (await GetAsync()).ShouldBe("token-2");

        await cache.ForgetAsync(key, (await cache.GetAsync(key, _ => true, Exchange, Token)).Value!, Token);
        (await GetAsync()).ShouldBe("token-3");
    }

    [Fact]
    public void BindingKey_OfAFolder_IsTheSameForAll()
    {
        for (var round = 0; round < 50; round++)
        {
            var folder = Path.Combine(Folder, $"{round}");
            using var start = new Barrier(8);
            var keys = new string[8];
            var threads = Enumerable
                .Range(0, keys.Length)
                .Select(i => new Thread(() =>
                {
                    start.SignalAndWait();
                    keys[i] = BindingKey.LoadOrCreate(folder).Thumbprint;
                }))
                .ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            keys.Distinct().ShouldHaveSingleItem();
            File.GetUnixFileMode(Path.Combine(folder, "binding.pem")).ShouldBe(Private);
            Directory.GetFiles(folder).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public void BindingKey_OfAReadableFile_IsNotBelieved()
    {
        var stored = BindingKey.LoadOrCreate(Folder).Thumbprint;
        File.SetUnixFileMode(Path.Combine(Folder, "binding.pem"), Private | UnixFileMode.OtherRead);

        BindingKey.LoadOrCreate(Folder).Thumbprint.ShouldNotBe(stored);
    }

    private Task<string> GetAsync(bool isUsable = true) => GetAsync(new TokenCache(Folder, time), isUsable);

    private async Task<string> GetAsync(TokenCache cache, bool isUsable = true) =>
        (await cache.GetAsync(key, _ => isUsable, Exchange, Token)).Value!.Value;

    private Task<ApiResult<AccessToken>> Exchange(CancellationToken cancellationToken) =>
        Task.FromResult<ApiResult<AccessToken>>(
            new AccessToken
            {
                Value = $"token-{Interlocked.Increment(ref exchanges)}",
                Type = "Bearer",
                IssuedAt = time.GetUtcNow(),
                ExpiresAt = time.GetUtcNow() + TimeSpan.FromMinutes(15),
            }
        );
}
