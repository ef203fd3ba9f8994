namespace Culvert.Deployment.Tests.Images;

/// <summary>One stage of a Dockerfile: its instructions in order, continued lines joined.</summary>
internal sealed record ImageStage(string Name, string From, IReadOnlyList<(string Instruction, string Text)> Lines)
{
    public static IReadOnlyList<ImageStage> ReadAll(string dockerfile)
    {
        var stages = new List<ImageStage>();
        var lines = new List<(string, string)>();
        var text = File.ReadAllText(dockerfile).Replace("\\\n", " ");
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')))
        {
            var (instruction, rest) = (line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..].Trim());
            if (instruction == "FROM")
            {
                // FROM image AS name
                var words = rest.Split(' ');
                words.Length.ShouldBe(3, line);
                lines = [];
                stages.Add(new ImageStage(words[2], words[0], lines));
            }
            else
            {
                lines.Add((instruction, rest));
            }
        }

        return stages;
    }

    /// <summary>What the image runs.</summary>
    public string Program => Path.GetFileName(Words("ENTRYPOINT").ShouldHaveSingleItem());

    public IEnumerable<string> All(string instruction) =>
        Lines.Where(line => line.Instruction == instruction).Select(line => line.Text);

    public string One(string instruction) => All(instruction).ShouldHaveSingleItem();

    /// <summary>Source and target of what is copied from the build's context.</summary>
    public IEnumerable<(string Source, string Target)> Copied() =>
        All("COPY").Where(text => !text.StartsWith("--")).Select(text => (text.Split(' ')[0], text.Split(' ')[1]));

    /// <summary>The variables that it sets.</summary>
    public Dictionary<string, string> Environment() =>
        All("ENV")
            .SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(pair => pair[..pair.IndexOf('=')], pair => pair[(pair.IndexOf('=') + 1)..]);

    /// <summary>The words of an instruction in its exec form, which no shell reads.</summary>
    public IReadOnlyList<string> Words(string instruction) =>
        System.Text.Json.JsonSerializer.Deserialize<string[]>(One(instruction)[One(instruction).IndexOf('[')..])!;
}
