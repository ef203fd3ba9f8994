using Culvert.Identity.Service.Authentication;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Console;

internal static class ConsoleRegistration
{
    public static IServiceCollection AddConsole(this IServiceCollection services) =>
        services
            .AddSingleton<ConsoleSettings>()
            .AddSingleton<ConsoleSessionStore>()
            .AddSingleton<IOffBoardingEffect, SessionOffBoarding>()
            .AddSingleton<ConsoleSessions>()
            .AddSingleton<CommandLineSessions>()
            .AddSingleton<IPersonSessions>(provider => provider.GetRequiredService<CommandLineSessions>())
            .AddSingleton<SavedFilterStore>()
            .AddSingleton<SavedFilters>()
            .AddSingleton<ConsoleRenderer>()
            .AddSingleton<ProviderClient>()
            .AddSingleton<ProviderSignIn>();

    /// <summary>Must be the last mapping: the console calls the operations mapped before.</summary>
    public static void MapConsole(this ApiHost host)
    {
        var console = ActivatorUtilities.CreateInstance<ConsoleEndpoints>(host.Services, host.Handlers);
        host.MapSignIn(console);
        host.Map(ConsoleOperations.Styles, (request, _) => new(ConsoleAssets.SendStyles(request)));
        host.Map(ConsoleOperations.Icon, (request, _) => new(ConsoleAssets.SendIcon(request)));
        new ConsolePages(host, console).Map();
        // After all other paths: a mistyped path gets a page, like the others.
        host.Page(HttpMethods.Get, "/console/{**path}", console.MissingAsync);
    }

    private static void MapSignIn(this ApiHost host, ConsoleEndpoints console)
    {
        var commandLine = ActivatorUtilities.CreateInstance<CommandLineSignIn>(host.Services);
        host.Map(ConsoleOperations.SignIn, commandLine.SignInAsync);
        var signIn = ActivatorUtilities.CreateInstance<SignInEndpoints>(host.Services, console);
        host.Page(HttpMethods.Get, ConsoleEndpoints.SignInPath, signIn.ShowAsync);
        host.Page(HttpMethods.Post, ConsoleEndpoints.SignInPath, signIn.SignInAsync);
        var provider = ActivatorUtilities.CreateInstance<ProviderEndpoints>(host.Services, console);
        host.Page(HttpMethods.Get, ConsoleEndpoints.ProviderPath, provider.BeginAsync);
        host.Page(HttpMethods.Get, SignInProtocol.CallbackPath, provider.FinishAsync);
        var keyOwner = ActivatorUtilities.CreateInstance<KeyOwnerEndpoints>(host.Services, console);
        host.Page(HttpMethods.Get, ConsoleEndpoints.KeyOwnerPath, keyOwner.ShowAsync);
        host.Page(HttpMethods.Post, ConsoleEndpoints.KeyOwnerPath, keyOwner.AnswerAsync);
        host.Page(HttpMethods.Post, "/console/sign-out", console.SignOutAsync);
    }
}
