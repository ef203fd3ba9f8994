using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Launching;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent profiles</c>: named configurations, each one valid, for people with several agents.</summary>
internal static class ProfilesCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The profile's name." };

    private static readonly Option<string> FromFile = new("--from-file")
    {
        Description = "The configuration to copy.",
        Required = true,
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace a profile that exists." };

    private static readonly string[] ForEditor =
    [
        .. ChildCommand.SessionEnvironment,
        "EDITOR",
        "EMACS*",
        "NVIM*",
        "VIM*",
        "VISUAL",
        "VSCODE_*",
    ];

    public static Command Create()
    {
        var list = new Command("list", "List the profiles and whether each can be read.");
        list.SetAction(List);
        var show = new Command("show", "Print a profile's file.") { Name };
        show.SetAction(parsed => WithName(parsed, Show));
        var add = new Command("add", "Create a profile from a file.") { Name, FromFile, Force };
        add.SetAction(parsed => WithName(parsed, Add));
        var edit = new Command("edit", "Edit a profile; it is saved once it can be read.") { Name };
        edit.SetAction(parsed => WithName(parsed, Edit));
        return new Command("profiles", "Configurations by name.") { list, show, add, edit };
    }

    private static int List(ParseResult parsed)
    {
        var folder = ConfigLocation.Agent.FindProfiles(ConfigLoader.ProcessEnvironment());
        if (!Directory.Exists(folder))
        {
            return ExitCodes.Done;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            var errors = ConfigFiles.Check(file);
            var state = errors.Count == 0 ? "valid" : $"{errors.Count} errors: {errors[0]}";
            parsed.InvocationConfiguration.Output.WriteLine($"{Path.GetFileNameWithoutExtension(file)}  {state}");
        }

        return ExitCodes.Done;
    }

    private static int Show(ParseResult parsed, string path)
    {
        if (!File.Exists(path))
        {
            return Missing(parsed, path);
        }

        parsed.InvocationConfiguration.Output.WriteLine($"# {path}");
        parsed.InvocationConfiguration.Output.Write(File.ReadAllText(path));
        return ExitCodes.Done;
    }

    private static int Add(ParseResult parsed, string path)
    {
        if (File.Exists(path) && !parsed.GetValue(Force))
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{path} exists: replace it with --force.");
            return ExitCodes.Failed;
        }

        return Save(parsed, path, File.ReadAllText(parsed.GetRequiredValue(FromFile)));
    }

    private static int Edit(ParseResult parsed, string path)
    {
        if (!File.Exists(path))
        {
            return Missing(parsed, path);
        }

        // In the profile's folder, so that relative paths resolve alike. If it cannot be saved, the draft stays.
        var draft = Path.ChangeExtension(path, ".draft");
        if (!File.Exists(draft))
        {
            File.Copy(path, draft);
        }

        if (!RunEditor(parsed, draft))
        {
            return ExitCodes.Failed;
        }

        var status = Save(parsed, path, File.ReadAllText(draft));
        if (status == ExitCodes.Done)
        {
            File.Delete(draft);
        }
        else
        {
            parsed.InvocationConfiguration.Error.WriteLine(
                $"The profile is unchanged; your text is in {draft}, and `profiles edit` continues with it."
            );
        }

        return status;
    }

    private static int Save(ParseResult parsed, string path, string text)
    {
        var errors = ConfigFiles.Put(path, text);
        if (errors.Count > 0)
        {
            return ProgramHost.Report(errors, parsed.InvocationConfiguration.Error);
        }

        parsed.InvocationConfiguration.Output.WriteLine($"wrote {path}");
        return ExitCodes.Done;
    }

    // The editor may have arguments ("code --wait"); no shell parses them.
    private static bool RunEditor(ParseResult parsed, string file)
    {
        var error = parsed.InvocationConfiguration.Error;
        var words = (Variable("VISUAL") ?? Variable("EDITOR") ?? "vi").Split(
            ' ',
            StringSplitOptions.RemoveEmptyEntries
        );
        using var editor = ChildCommand.TryStart([.. words, file], ForEditor, out var problem, ChildStreams.Shared);
        if (editor is null)
        {
            error.WriteLine($"{words[0]} {problem}. Set VISUAL or EDITOR.");
            return false;
        }

        editor.WaitForExit();
        if (editor.ExitCode == 0)
        {
            return true;
        }

        error.WriteLine($"{words[0]} exited with code {editor.ExitCode}: nothing was saved.");
        return false;

        static string? Variable(string name) =>
            Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
    }

    private static int WithName(ParseResult parsed, Func<ParseResult, string, int> run)
    {
        var (name, error) = (parsed.GetRequiredValue(Name), parsed.InvocationConfiguration.Error);
        if (!IdForm.IsName(name))
        {
            error.WriteLine("A profile's name has 1 to 64 lower-case letters, digits, hyphens and underscores.");
            return ExitCodes.Usage;
        }

        try
        {
            return run(parsed, ConfigLocation.Agent.FindFile(null, name, ConfigLoader.ProcessEnvironment()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static int Missing(ParseResult parsed, string path)
    {
        parsed.InvocationConfiguration.Error.WriteLine(
            $"{path} does not exist: run `tunnel-agent profiles list` to see the profiles."
        );
        return ExitCodes.Failed;
    }
}
