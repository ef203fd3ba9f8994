using Culvert.Machine.Client.CertificateFiles;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.CertificateFiles;

public sealed class ChangeCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-command-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("nginx -s reload", "nginx|-s|reload")]
    [InlineData("  a\t b ", "a|b")]
    [InlineData("a 'b c' \"d 'e'\" ''", "a|b c|d 'e'|")]
    [InlineData("a b'c 'd", "a|bc d")]
    [InlineData("a $HOME;b", "a|$HOME;b")]
    public void Parse_Words_AreWordsAndNothingElse(string text, string words) =>
        string.Join('|', ChangeCommand.Parse(text)!.Words).ShouldBe(words);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a 'b")]
    [InlineData("'' a")]
    public void Parse_NoCommand_IsNull(string text) => ChangeCommand.Parse(text).ShouldBeNull();

    [Fact]
    public async Task Run_Command_GetsItsWordsWithoutAShell()
    {
        var file = Path.Combine(folder, "$HOME; x");

        (await RunAsync($"touch '{file}'")).ShouldBeNull();

        File.Exists(file).ShouldBeTrue();
    }

    [Theory]
    [InlineData("sh -c 'echo because >&2; exit 3'", "sh exited with status 3: because")]
    [InlineData("/no/such/program", "/no/such/program cannot be started")]
    public async Task Run_ThatFails_SaysWhy(string text, string expected) =>
        (await RunAsync(text)).ShouldNotBeNull().ShouldContain(expected);

    // As `nginx` itself does: the server that it starts keeps the output open.
    [Fact]
    public async Task Run_ThatLeavesAServerBehind_Ends() =>
        (await RunAsync("sh -c 'sleep 30 & exit 0'")).ShouldBeNull();

    private static Task<string?> RunAsync(string text) =>
        ChangeCommand.Parse(text)!.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken);
}
