using System.Reflection;
using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// What a handler's code shows about its endpoint: the bodies that it reads and writes, the query parameters that it
/// reads, the codes that it refuses with. Followed through the methods it calls within its own capability.
/// </summary>
internal sealed class HandlerFacts
{
    private const int Depth = 5;

    private static readonly string[] Frame = [".Hosting", ".Http", ".Limits", ".Errors", ".Events", ".Hsm"];

    // With the depth that was left: a method that a longer way has reached first is followed again from a shorter one.
    private readonly Dictionary<MethodBase, int> seen = [];

    private HandlerFacts(MethodInfo handler)
    {
        Assembly = handler.Module.Assembly;
        Follow(handler, Depth);
    }

    public SortedSet<string> Query { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Errors { get; } = new(StringComparer.Ordinal);

    public List<Type> Requests { get; } = [];

    public List<Type> Answers { get; } = [];

    /// <summary>Whether it reads a body that may be left out.</summary>
    public bool IsBodyOptional { get; private set; }

    /// <summary>What it answers with when it does not refuse.</summary>
    public SortedSet<int> Statuses { get; } = [];

    private Assembly Assembly { get; }

    public static HandlerFacts Of(ApiHandler handler) => new(handler.Method);

    private void Follow(MethodBase method, int depth)
    {
        if (depth <= seen.GetValueOrDefault(method))
        {
            return;
        }

        seen[method] = depth;

        if (method.GetCustomAttribute<AsyncStateMachineAttribute>() is { } machine)
        {
            var type = machine.StateMachineType;
            type = type.IsGenericTypeDefinition ? type.MakeGenericType(ArgumentsOf(method)) : type;
            Follow(type.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic)!, depth);
            return;
        }

        var text = "";
        foreach (var reference in MethodCode.References(method))
        {
            switch (reference)
            {
                case string literal:
                    text = literal;
                    break;
                case FieldInfo { IsStatic: true } field when field.FieldType == typeof(ErrorCode):
                    Errors.Add(((ErrorCode)field.GetValue(null)!).Code);
                    break;
                case MethodBase called:
                    Note(called, text);
                    foreach (var code in CodeOf(called).Where(IsOurs))
                    {
                        Follow(code, IsSameStep(method, called) ? depth : depth - 1);
                    }

                    break;
            }
        }
    }

    // An overload, or what the compiler made of a method's lambdas, is a part of the method itself; so is a strategy, and a
    // statement with its refusals is a part of the method that commits it.
    private bool IsSameStep(MethodBase method, MethodBase called) =>
        IsOfStrategy(called) || MakesStatements(called) || SourceOf(method) == SourceOf(called);

    private bool IsOfStrategy(MethodBase called) =>
        IsOurs(called) && called is { IsStatic: false, DeclaringType: { IsInterface: true, IsGenericType: true } };

    private static bool MakesStatements(MethodBase method) =>
        method is MethodInfo { ReturnType: var type }
        && (type == typeof(Statement) || typeof(IEnumerable<Statement>).IsAssignableFrom(type));

    // The code of a strategy, and the statement of a store's interface, are those of the classes that implement it.
    private IEnumerable<MethodBase> CodeOf(MethodBase called) =>
        called.DeclaringType is { IsInterface: true } contract && (IsOfStrategy(called) || MakesStatements(called))
            ? Assembly
                .GetTypes()
                .Where(type => type.IsClass && contract.IsAssignableFrom(type))
                .Select(type => type.GetInterfaceMap(contract))
                .Select(map => map.TargetMethods[Array.IndexOf(map.InterfaceMethods, (MethodInfo)called)])
            : [called];

    private static (Type? Type, string Name) SourceOf(MethodBase method)
    {
        var (type, name) = (method.DeclaringType, method.Name);
        while (type is { DeclaringType: { } around } && type.Name.StartsWith('<'))
        {
            name = type.Name.StartsWith("<>", StringComparison.Ordinal) ? name : type.Name;
            type = around;
        }

        return (type, name.StartsWith('<') ? name[1..name.IndexOf('>', StringComparison.Ordinal)] : name);
    }

    private static Type[] ArgumentsOf(MethodBase method) =>
        [
            .. method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [],
            .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        ];

    private void Note(MethodBase called, string text)
    {
        switch ((called.DeclaringType?.Name, called.Name))
        {
            case (nameof(ApiRequest), nameof(ApiRequest.Query)) when text.Length > 0:
                Query.Add(text);
                break;
            case (nameof(IQueryCollection), nameof(IQueryCollection.TryGetValue)) when text.Length > 0:
                Query.Add(text);
                break;
            case (nameof(ApiRequest), nameof(ApiRequest.ReadJsonAsync) or nameof(ApiRequest.ReadJsonOrEmptyAsync)):
            case (nameof(RequestBody), nameof(RequestBody.Parse)):
                AddTo(Requests, called.GetGenericArguments()[0]);
                IsBodyOptional |= called.Name == nameof(ApiRequest.ReadJsonOrEmptyAsync);
                break;
            case (nameof(ApiAnswer), nameof(ApiAnswer.Json)):
                AddTo(Answers, called.GetGenericArguments()[0]);
                Statuses.Add(200); // no handler names another
                break;
            case (nameof(ApiAnswer), nameof(ApiAnswer.Created)):
                AddTo(Answers, called.GetGenericArguments()[0]);
                Statuses.Add(201);
                break;
            case (nameof(ApiAnswer), nameof(ApiAnswer.Raw) or nameof(ApiAnswer.Rented) or nameof(ApiAnswer.Streamed)):
            case (nameof(ApiAnswer), $"get_{nameof(ApiAnswer.Nothing)}"):
                Statuses.Add(200);
                break;
            case (nameof(ApiAnswer), $"get_{nameof(ApiAnswer.Accepted)}"):
                Statuses.Add(202);
                break;
            case (nameof(ApiAnswer), $"get_{nameof(ApiAnswer.Empty)}"):
                Statuses.Add(204);
                break;
            case (nameof(ApiAnswer), $"get_{nameof(ApiAnswer.NotModified)}"):
                Statuses.Add(304);
                break;
        }
    }

    private static void AddTo(List<Type> types, Type type)
    {
        if (!type.IsGenericParameter && !types.Contains(type))
        {
            types.Add(type);
        }
    }

    // Storage, auditing and the code around every handler do not describe one endpoint, apart from statements.
    private bool IsOurs(MethodBase called) =>
        called.Module.Assembly == Assembly
        && called.DeclaringType is { Namespace: { } place } type
        && !place.Contains(".Storage", StringComparison.Ordinal)
        && (MakesStatements(called) || !IsStore(type))
        && (
            !place.EndsWith(".Audit", StringComparison.Ordinal)
            || type.Name.EndsWith("Endpoints", StringComparison.Ordinal)
            || type.Name.EndsWith("QueryReader", StringComparison.Ordinal)
        )
        && (
            !Frame.Any(folder => place.EndsWith(folder, StringComparison.Ordinal))
            || type == typeof(PageRequest)
            || type == typeof(ReasonRequest)
        );

    private static bool IsStore(Type type) =>
        type.GetConstructors()
            .Any(made => made.GetParameters().Any(parameter => parameter.ParameterType == typeof(Database)))
        || (type.DeclaringType is { } around && IsStore(around));
}
