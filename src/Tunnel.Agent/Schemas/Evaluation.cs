namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>One validation of a value. Above a limit it fails, whatever <c>not</c> and <c>anyOf</c> make of it.</summary>
internal sealed class Evaluation
{
    /// <summary>The limit of schemas, values and comparisons that one validation visits.</summary>
    internal const int MaxSteps = 200_000;

    // The nesting of schemas, by reference too.
    private const int MaxDepth = 256;

    private readonly List<string> path = [];
    private int steps;
    private int depth;
    private int trials;

    /// <summary>The first error that counts; null while there is none.</summary>
    public SchemaError? Error { get; private set; }

    /// <summary>The limit that the validation exceeded; null while it did not.</summary>
    public string? AbortReason { get; private set; }

    public bool TryCharge(int work = 1)
    {
        if ((steps += work) > MaxSteps)
        {
            Abort(SchemaError.TooMuch);
        }

        return AbortReason is null;
    }

    public bool TryEnter()
    {
        if (++depth > MaxDepth)
        {
            Abort(SchemaError.TooMuch);
        }

        return TryCharge();
    }

    public void Exit() => depth--;

    /// <summary>Records a failure, unless an inner one was recorded or another branch may succeed.</summary>
    public bool Fail(string keyword)
    {
        if (trials == 0)
        {
            Error ??= new SchemaError(string.Concat(path.Select(name => "/" + JsonPointer.Escape(name))), keyword);
        }

        return false;
    }

    public bool Abort(string why)
    {
        AbortReason ??= why;
        return false;
    }

    /// <summary>Descends to a member or an element; <see cref="Return"/> goes back.</summary>
    public void GoTo(string name) => path.Add(name);

    public void Return() => path.RemoveAt(path.Count - 1);

    /// <summary>Failures from here to <see cref="EndTrial"/> do not make the value invalid.</summary>
    public void BeginTrial() => trials++;

    public void EndTrial() => trials--;
}
