using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Whether a value satisfies one keyword. Values of types that the keyword does not apply to satisfy it.</summary>
/// <param name="evaluated">Receives the members and elements of the value that are evaluated; null: no keyword needs
/// them.</param>
internal delegate bool SchemaCheck(JsonElement value, Evaluation evaluation, Evaluated? evaluated);

/// <summary>A compiled schema. Its keywords are added after its creation: schemas may refer to themselves.</summary>
internal sealed class SchemaNode
{
    private readonly List<(string Keyword, SchemaCheck Check)> checks = [];

    /// <summary>Whether a keyword depends on the members or elements that the others evaluated.</summary>
    public bool NeedsEvaluated { get; set; }

    public void Add(string keyword, SchemaCheck check) => checks.Add((keyword, check));

    public bool IsValid(JsonElement value, Evaluation evaluation, Evaluated? evaluated)
    {
        if (!evaluation.TryEnter())
        {
            return false;
        }

        var own = NeedsEvaluated ? new Evaluated() : evaluated;
        var isValid = true;
        foreach (var (keyword, check) in checks)
        {
            if (!check(value, evaluation, own))
            {
                isValid = evaluation.Fail(keyword);
                break;
            }
        }

        if (isValid && NeedsEvaluated)
        {
            evaluated?.Add(own!);
        }

        evaluation.Exit();
        return isValid;
    }

    public bool IsValidAt(string name, JsonElement value, Evaluation evaluation)
    {
        evaluation.GoTo(name);
        var isValid = IsValid(value, evaluation, null);
        evaluation.Return();
        return isValid;
    }

    /// <summary>As <see cref="IsValid"/>, but a failure is not an error, and evaluates no members.</summary>
    public bool Matches(JsonElement value, Evaluation evaluation, Evaluated? evaluated)
    {
        var branch = evaluated is null ? null : new Evaluated();
        evaluation.BeginTrial();
        var isValid = IsValid(value, evaluation, branch);
        evaluation.EndTrial();
        if (isValid && branch is not null)
        {
            evaluated!.Add(branch);
        }

        return isValid;
    }
}
