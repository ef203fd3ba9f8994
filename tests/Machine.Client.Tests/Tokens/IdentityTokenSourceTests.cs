using Culvert.Machine.Client.Tokens;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens;

public sealed class IdentityTokenSourceTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly FakeTimeProvider time = new();

    private string TokenFile => Path.Combine(folder.FullName, "token");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Read_File_IsReadAnewEachTimeAndTrimmed()
    {
        var source = Source(new() { File = TokenFile });

        await File.WriteAllTextAsync(TokenFile, " one.two.three \n", TestContext.Current.CancellationToken);
        var first = await Read(source);
        await File.WriteAllTextAsync(TokenFile, "four.five.six", TestContext.Current.CancellationToken);

        (first, await Read(source)).ShouldBe(("one.two.three", "four.five.six"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("hunter2-hunter2 hunter2-hunter2")]
    [InlineData("hunter2-hunter2\nhunter2-hunter2")]
    [InlineData("{\"token\":\"hunter2-hunter2\"}")]
    [InlineData("hunter2-hunter2\u001b[0m")]
    public async Task Read_NotAToken_IsRefusedWithoutShowingIt(string content)
    {
        await File.WriteAllTextAsync(TokenFile, content, TestContext.Current.CancellationToken);

        var fault = await Fault(new() { File = TokenFile });

        fault.ToString().ShouldNotContain("hunter2-hunter2");
        fault.Message.ShouldContain(TokenFile);
    }

    [Theory]
    [InlineData(IdentityTokenSource.MaxBytes, true)]
    [InlineData(IdentityTokenSource.MaxBytes + 1, false)]
    public async Task Read_File_OnBothSidesOfTheBound(int bytes, bool valid)
    {
        await File.WriteAllTextAsync(TokenFile, new string('a', bytes), TestContext.Current.CancellationToken);

        var source = Source(new() { File = TokenFile });
        if (valid)
        {
            (await Read(source)).Length.ShouldBe(bytes);
        }
        else
        {
            (await Should.ThrowAsync<IdentityTokenException>(() => Read(source))).Message.ShouldContain("more than");
        }
    }

    [Fact]
    public async Task Read_NoFile_IsRefused() =>
        (await Fault(new() { File = TokenFile })).Message.ShouldBe(
            $"The identity token's file {TokenFile} does not exist."
        );

    [Fact]
    public async Task Read_Environment_LooksTheVariableUp()
    {
        (await Read(Source(new() { Environment = "T" }, name => name == "T" ? "a.b.c" : null))).ShouldBe("a.b.c");

        (await Fault(new() { Environment = "U" })).Message.ShouldBe(
            "The identity token's environment variable U is not set."
        );
    }

    [Fact]
    public async Task Read_Command_GetsItsArgumentsWithoutAShell()
    {
        var source = Source(new() { Command = ["printf", "%s", "a.b$HOME;c"] });

        // A shell would have expanded the name; its output here is not a token.
        (await Should.ThrowAsync<IdentityTokenException>(() => Read(source))).Message.ShouldContain("not a JWT");
        (await Read(Source(new() { Command = ["printf", "%s\n", "a.b.c"] }))).ShouldBe("a.b.c");
    }

    [Fact]
    public async Task Read_CommandThatFails_GivesItsStatusAndNothingElse()
    {
        var fault = await Fault(
            new() { Command = ["sh", "-c", "echo hunter2-hunter2; echo hunter2-hunter2 >&2; exit 3"] }
        );

        fault.Message.ShouldBe("The identity token's command sh exited with status 3; run it manually to see why.");
        fault.ErrorOutput.ShouldBe(["[redacted]"]);
    }

    [Theory]
    [InlineData("connect ECONNREFUSED 127.0.0.1:9", "connect ECONNREFUSED 127.0.0.1:9")]
    [InlineData("  indented  ", "indented")]
    [InlineData("401 for client_secret=abc", "401 for client_secret=[redacted]")]
    [InlineData("sent eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "sent [redacted]")]
    [InlineData("key 3f786850e387550fdab836ed7e6dc881de23001b", "key [redacted]")]
    [InlineData(
        "/usr/lib/python3.12/site-packages/requests/adapters.py",
        "/usr/lib/python3.12/site-packages/requests/adapters.py"
    )]
    [InlineData("was $CULVERT_TEST_LISTED", "was [redacted]")]
    [InlineData("\u001b[31mred", "\uFFFD[31mred")]
    public async Task Read_CommandThatFails_ToldLineIsWithoutSecrets(string said, string expected)
    {
        Environment.SetEnvironmentVariable("CULVERT_TEST_LISTED", "a.b.c");

        (await Said($"printf '%s\n' \"{said}\" >&2; exit 1")).ShouldBe([expected]);
    }

    [Fact]
    public async Task Read_TracedCommandThatFails_DoesNotShowTheTrace() =>
        (await Said("set -x; PIN=1234; echo 'no such client' >&2; exit 1")).ShouldBe(["no such client"]);

    [Fact]
    public async Task Read_CommandThatSaysMuch_IsShownItsBeginAndItsEnd()
    {
        var said = await Said("i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo \"line $i\" >&2; done; exit 1");

        said.ShouldBe(["line 1", "line 2", "line 3", "line 4", "line 4997", "line 4998", "line 4999", "line 5000"]);
    }

    [Fact]
    public async Task Read_CommandThatSaysOneEndlessLine_IsCutAtItsBegin() =>
        (await Said("head -c 50000 /dev/zero | tr '\\0' x >&2; exit 1")).ShouldBeEmpty();

    private async Task<IReadOnlyList<string>> Said(string script) =>
        (
            await Fault(new() { Command = ["sh", "-c", script], InheritEnvironment = ["PATH", "CULVERT_TEST_L*"] })
        ).ErrorOutput;

    // S39: the process's environment may hold secrets.
    [Fact]
    public async Task Read_Command_GetsTheListedEnvironmentAlone()
    {
        Environment.SetEnvironmentVariable("CULVERT_TEST_SECRET", "hunter2-hunter2");
        Environment.SetEnvironmentVariable("CULVERT_TEST_LISTED", "a.b.c");
        string[] print = ["sh", "-c", "printf '%s%s' \"$CULVERT_TEST_SECRET\" \"$CULVERT_TEST_LISTED\""];

        (await Read(Source(new() { Command = print, InheritEnvironment = ["CULVERT_TEST_L*"] }))).ShouldBe("a.b.c");
    }

    [Theory]
    [InlineData("./token")]
    [InlineData("bin/token")]
    public async Task Read_CommandByARelativePath_IsRefused(string program) =>
        (await Fault(new() { Command = [program] })).Message.ShouldBe(
            $"The identity token's command {program} cannot be started: write an absolute path, or a name that is on PATH."
        );

    [Fact]
    public async Task Read_NoSuchCommand_IsRefused() =>
        (await Fault(new() { Command = ["/nonexistent/x"] })).Message.ShouldContain("cannot be started");

    [Fact]
    public async Task Read_CommandThatPrintsWithoutEnd_IsStopped() =>
        (await Fault(new() { Command = ["cat", "/dev/zero"] })).Message.ShouldContain("more than");

    [Fact]
    public async Task Read_CommandThatHangs_IsKilledWithItsChildren()
    {
        var pidFile = Path.Combine(folder.FullName, "pid");
        var source = Source(new() { Command = ["sh", "-c", $"sleep 600 & echo $! > {pidFile}; wait"] });
        var read = Read(source);
        await Eventually.UntilAsync(
            () => File.Exists(pidFile) && File.ReadAllText(pidFile).EndsWith('\n'),
            TestContext.Current.CancellationToken
        );
        var child = int.Parse(await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken));

        time.Advance(TimeSpan.FromSeconds(10));

        (await Should.ThrowAsync<IdentityTokenException>(() => read)).Message.ShouldContain("did not exit within 10 s");
        await Eventually.UntilAsync(() => IsGone(child), TestContext.Current.CancellationToken);
    }

    private static bool IsGone(int pid)
    {
        var status = $"/proc/{pid}/stat";
        return !File.Exists(status) || File.ReadAllText(status).Contains(") Z ");
    }

    private IdentityTokenSource Source(IdentityTokenOptions options, Func<string, string?>? environment = null) =>
        new(options, time, environment ?? (_ => null));

    private static Task<string> Read(IdentityTokenSource source) =>
        source.ReadAsync(TestContext.Current.CancellationToken);

    private Task<IdentityTokenException> Fault(IdentityTokenOptions options) =>
        Should.ThrowAsync<IdentityTokenException>(() => Read(Source(options)));
}
